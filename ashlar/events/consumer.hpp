// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/events/bus.hpp"
#include "ashlar/events/outbox.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::events {

struct ConsumerOptions {
  std::string name{};  // of its position in the database: the same in every instance and version
  StartFrom start = StartFrom::oldest;
  std::vector<std::string> types{};  // of the events that it handles; empty: all that are not internal
  std::int64_t events_per_batch = 200;
  std::chrono::milliseconds batch_time_max{10'000};   // of the handler and its commit; less than lease_time
  std::chrono::milliseconds lease_time{15'000};       // after a crash another instance continues so much later
  std::chrono::milliseconds standby_interval{2'000};  // between attempts to acquire the lease
  std::chrono::milliseconds poll_interval{1'000};     // between reads, when no doorbell rings
  std::chrono::milliseconds retry_delay_min{100};     // after a failure; it doubles
  std::chrono::milliseconds retry_delay_max{30'000};
};

// Of one instance, since its start.
struct ConsumerFigures {
  std::uint64_t events = 0;
  std::uint64_t batches = 0;
  std::uint64_t failures = 0;
  bool is_holding = false;  // the lease
};

// Reads the outbox and handles each event once. The handler writes its effects through the unit that it is given; they
// commit together with the position, so an effect in the database happens exactly once. An effect elsewhere (a broker)
// happens at least once: consumers there recognise a repetition by the event's id.
//
// Several instances run the same consumer; the one that holds the lease reads, the others stand by. Events of one key
// come in the order of its changes. A handler that fails is called again with the same events, one by one, until it
// succeeds: one event that cannot be handled stops its consumer, and ashlar_event_consumer_waiting grows. A handler
// that gives up on an event returns without an error.
//
// It runs on one loop, from start(), before the loop has a thread, to close(), when the thread has been joined and the
// database is still open.
class Consumer {
 public:
  // Called on the loop. Events of one batch are of one transaction or of several.
  using Handler = std::function<Task<Result<>>(api::UnitOfWork& unit, std::vector<Event> events)>;
  // All of them outlive it. The bus wakes it after each commit, so no unit commits after its end.
  struct Services {
    Outbox& outbox;
    api::Units& units;
    Bus& bus;
    api::Call::Environment environment;
  };
  Consumer(Services services, ConsumerOptions options, Handler handler);
  ~Consumer();  // it was closed, or never started
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  void start(boost::asio::io_context& loop);
  // Waits for the batch that runs, and releases the lease. The second time it does nothing.
  void close();
  // From any thread: reads at once.
  void wake();

  // One batch: how many events it had, of all types. nullopt: another instance holds the lease. On any loop, when it
  // was not started.
  Task<Result<std::optional<std::int64_t>>> run_once();

  [[nodiscard]] const std::string& name() const { return options_.name; }
  [[nodiscard]] ConsumerFigures figures() const;  // from any thread

 private:
  struct State;
  Task<> run();
  Task<Result<std::optional<std::int64_t>>> handle(Position position);
  void report(const Error* error);

  const Services services_;
  const ConsumerOptions options_;
  const Handler handler_;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::events
