// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/events/outbox.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/realtime/hub.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ashlar::realtime {

struct OutboxFeedOptions {
  std::int64_t events_per_read = 500;
  std::int64_t replayed_max = 1'000;               // events before the start, from which clients can resume
  std::chrono::milliseconds poll_interval{2'000};  // between reads, when nothing wakes it
  std::chrono::milliseconds retry_delay{1'000};    // after a failure
};

// Publishes the committed events of the outbox to a hub, on every instance: an event's sequence is its offset, in the
// order of sequences (Outbox::list_after). It has no position in the database: each instance reads all events.
//
// Runs on one loop, from start(), before the loop has a thread, to close(), when the thread has been joined and the
// database is not closed.
class OutboxFeed {
 public:
  using TopicsOf = std::function<std::vector<std::string>(const events::Event&)>;  // none: no channel has the event

  // What it is given outlives it.
  OutboxFeed(events::Outbox& outbox, log::Logger& logger, TopicsOf topics_of, OutboxFeedOptions options = {});
  ~OutboxFeed();
  OutboxFeed(const OutboxFeed&) = delete;
  OutboxFeed& operator=(const OutboxFeed&) = delete;

  // The sequence after which it will read.
  Task<Result<std::uint64_t>> find_start();
  // Reads what is there, from find_start() on, then goes on as a task.
  Task<Result<>> catch_up(Hub& hub);
  void start(boost::asio::io_context& loop, Hub& hub);
  void close();  // idempotent
  void wake();   // from any thread: there may be new events

 private:
  Task<> run(Hub& hub);
  Task<Result<bool>> read_once(Hub& hub);  // whether there may be more at once

  events::Outbox& outbox_;
  log::Logger& logger_;
  const TopicsOf topics_of_;
  const OutboxFeedOptions options_;
  std::int64_t known_ = 0;
  struct OnLoop;
  std::unique_ptr<OnLoop> on_loop_;  // null: not started, or closed
};

}  // namespace ashlar::realtime
