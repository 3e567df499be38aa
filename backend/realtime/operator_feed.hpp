// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/jobs/admin.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/realtime/hub.hpp"
#include "ashlar/sql/database.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace ashlar::backend {

struct OperatorFeedOptions {
  std::chrono::milliseconds interval{1'000};  // between two looks
  std::int64_t entries_per_read = 100;
};

// Publishes what operators watch: new audit entries in `admin:audit`, and the queues of jobs in `admin:jobs` whenever
// they differ from what was published last. It reads the database, and only while a client of this instance follows
// the channel, or could resume; the first look after that is where the events begin. So a write costs nothing more.
//
// Positions are of this instance. On one loop, from start(), before the loop has a thread, to close(), when the thread
// has been joined and the database is not closed.
class OperatorFeed {
 public:
  struct Services {  // outlive it
    sql::Database& database;
    jobs::JobAdmin& jobs;
    const Clock& clock;
    log::Logger& logger;
  };
  explicit OperatorFeed(Services services, OperatorFeedOptions options = {});
  ~OperatorFeed();
  OperatorFeed(const OperatorFeed&) = delete;
  OperatorFeed& operator=(const OperatorFeed&) = delete;

  void start(boost::asio::io_context& loop, realtime::Hub& hub);
  void close();  // idempotent

 private:
  Task<> run(realtime::Hub& hub);
  Task<Result<>> look(realtime::Hub& hub);
  Task<Result<>> publish_entries(realtime::Hub& hub);
  Task<Result<>> publish_queues(realtime::Hub& hub);

  const Services services_;
  const OperatorFeedOptions options_;
  std::optional<std::int64_t> position_;  // of the last audit entry; nullopt: the channel was not followed
  std::string queues_;                    // as last published; empty: the channel was not followed
  bool failing_ = false;
  struct OnLoop;
  std::unique_ptr<OnLoop> on_loop_;  // null: not started, or closed
};

}  // namespace ashlar::backend
