// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/events/bus.hpp"
#include "ashlar/events/consumer.hpp"
#include "ashlar/events/doorbell.hpp"
#include "ashlar/events/outbox.hpp"
#include "ashlar/observe/metrics_text.hpp"
#include "ashlar/redis/clients.hpp"
#include "backend/events/event_options.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ashlar::backend {

// What reads the outbox in this process: the consumers, the doorbells between instances, the carriers and the removal
// of old events.
//
// It runs on one loop, from start(), before the loop has a thread, to close(), when the thread has been joined and
// neither the database nor Redis's clients are closed.
class EventServices {
 public:
  struct Environment {  // all of it outlives the services
    api::Units& units;
    events::Bus& bus;
    api::Call::Environment call;
    redis::Clients* redis;   // null: there is none
    std::string key_prefix;  // of Redis's channels
    std::string listen_url;  // PostgreSQL's, past a pooler; empty: SQLite
  };
  // Subscribes with Redis, so its clients are not started yet.
  EventServices(EventOptions options, Environment environment);
  ~EventServices();  // it was closed, or never started
  EventServices(const EventServices&) = delete;
  EventServices& operator=(const EventServices&) = delete;

  // Before start().
  events::Consumer& add(events::ConsumerOptions options, events::Consumer::Handler handler);

  // Called when another instance may have published, from the loop of start(); it must not block. Before start().
  void also_wake(std::function<void()> wake) { also_wake_.push_back(std::move(wake)); }

  void start(boost::asio::io_context& loop);
  void close();

  [[nodiscard]] events::Outbox& outbox() { return outbox_; }
  [[nodiscard]] const std::vector<std::unique_ptr<events::Consumer>>& consumers() const { return consumers_; }

  // One look at what waits for the consumers, for their gauges, and the removal of old events.
  Task<Result<>> maintain();
  // Before the first scrape; the services outlive the last one.
  void add_metrics(observe::MetricSources& sources) const;

 private:
  void add_carriers();
  void wake_consumers();
  Task<> run_maintenance();

  const EventOptions options_;
  const Environment environment_;
  events::Outbox outbox_;
  struct State;
  std::unique_ptr<State> state_;  // carriers, doorbells: before the consumers that use them
  std::vector<std::unique_ptr<events::Consumer>> consumers_;
  std::vector<std::function<void()>> also_wake_;
};

}  // namespace ashlar::backend
