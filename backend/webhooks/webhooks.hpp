// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/auth/secret_box.hpp"
#include "ashlar/events/event.hpp"
#include "ashlar/observe/metrics_text.hpp"
#include "ashlar/webhooks/endpoint_gates.hpp"
#include "ashlar/webhooks/sender.hpp"
#include "backend/webhooks/webhook_options.hpp"
#include "backend/webhooks/webhook_repository.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace ashlar::backend {

// Makes deliveries of events and carries them out.
//
// fan_out() is the handler of a consumer of the outbox: for each event and each endpoint that selects it, a delivery
// commits together with the consumer's position. The row of a delivery is its place in the queue: `due_at` says when
// its next attempt begins. Each instance takes due ones and makes their attempts; docs/design/webhooks.md says why
// these are no jobs.
//
// Attempts are made on one loop, from start(), before the loop has a thread, to close(), when the thread has been
// joined and the database is still open.
class Webhooks {
 public:
  struct Services {  // outlive it
    api::Units& units;
    const auth::SecretBox& secrets;
    api::Call::Environment call;
  };
  Webhooks(Services services, WebhookOptions options, std::vector<std::string> event_types);
  ~Webhooks();  // it was closed, or never started
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

  void start(boost::asio::io_context& loop);
  // Waits for the attempts that run: they are cancelled, and made again later. The second time it does nothing.
  void close();
  // From any thread: looks for due deliveries at once.
  void wake();

  Task<Result<>> fan_out(api::UnitOfWork& unit, std::vector<events::Event> events);
  // For tests and commands, without the runner: takes what is due and makes its attempts, one after another, until
  // nothing is due. Returns how many there were. Between start_sender() and close_sender().
  Task<Result<std::int64_t>> run_due();
  void start_sender(boost::asio::io_context& loop) { sender_.start({&loop}); }
  void close_sender() { sender_.close(); }
  // Removes deliveries that ended long ago. Returns how many.
  Task<Result<std::int64_t>> prune();

  [[nodiscard]] const webhooks::Sender& sender() const { return sender_; }
  [[nodiscard]] const auth::SecretBox& secrets() const { return services_.secrets; }
  [[nodiscard]] const WebhookOptions& options() const { return options_; }
  // The patterns that select none of the events that there are.
  [[nodiscard]] std::vector<std::size_t> useless(const std::vector<std::string>& patterns) const;

  void add_metrics(observe::MetricSources& sources) const;

 private:
  Task<Result<std::vector<Uuid>>> claim(std::int64_t deliveries_max);
  Task<Result<>> attempt(Uuid delivery);
  Task<Result<>> send(DueDelivery due);
  AttemptRecord record_of(const DueDelivery& due, const webhooks::AttemptOutcome& outcome, Timestamp now);
  static Task<> wake_after(Webhooks* webhooks);
  Task<> run();
  Task<std::chrono::milliseconds> time_to_next_look();
  Task<> run_attempt(Uuid delivery);
  Task<> run_pruning();
  void report(const Result<>& worked);

  struct State;
  const Services services_;
  const WebhookOptions options_;
  const std::vector<std::string> event_types_;
  webhooks::Sender sender_;
  webhooks::EndpointGates gates_;
  std::unique_ptr<State> state_;
  std::atomic<std::uint64_t> delivered_ = 0;
  std::atomic<std::uint64_t> attempts_failed_ = 0;
  std::atomic<std::uint64_t> deferred_ = 0;
};

}  // namespace ashlar::backend
