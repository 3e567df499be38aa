// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/events/outbox.hpp"
#include "ashlar/observe/metrics_text.hpp"
#include "ashlar/realtime/outbox_feed.hpp"
#include "ashlar/realtime/server.hpp"
#include "backend/realtime/operator_feed.hpp"
#include "backend/realtime/realtime_settings.hpp"

#include <vector>

namespace ashlar::backend {

[[nodiscard]] realtime::ServerOptions realtime_options(const RealtimeSettings& settings);

// The realtime transport of this instance: the channels, the server of WebSockets and event streams, and the feeds
// that fill them. It runs on every loop, from start(), before the loops have threads, to close(), when the threads are
// joined and the database is not closed.
class Realtime {
 public:
  struct Environment {  // all of it outlives this
    api::Units& units;
    events::Outbox& outbox;
    const auth::Revocations& revocations;
    jobs::JobAdmin& jobs;
    api::Call::Environment call;
  };
  Realtime(realtime::ServerOptions options, Environment environment);
  Realtime(const Realtime&) = delete;
  Realtime& operator=(const Realtime&) = delete;

  // Throws std::runtime_error when the database does not answer. Reads the last events, from which clients can resume.
  void start(const std::vector<boost::asio::io_context*>& loops);
  void close();  // idempotent

  [[nodiscard]] const realtime::Channels& channels() const { return channels_; }
  [[nodiscard]] realtime::Server& server() { return server_; }
  [[nodiscard]] realtime::OutboxFeed& feed() { return feed_; }
  [[nodiscard]] api::Units& units() { return environment_.units; }
  void add_metrics(observe::MetricSources& sources) const;

 private:
  [[nodiscard]] Task<Result<realtime::FeedStart>> find_start();

  const Environment environment_;
  realtime::Channels channels_;
  realtime::Server server_;
  realtime::OutboxFeed feed_;
  OperatorFeed operator_feed_;
};

}  // namespace ashlar::backend
