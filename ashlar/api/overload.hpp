// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/detail/call_metrics.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/observe/metrics_text.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::log {
class Logger;
}

namespace ashlar::api {

// A queue of a resource that most calls need, such as the database. A resource that few calls need refuses them itself.
struct WatchedQueue {
  std::string name;                      // in the log and the metrics
  std::function<std::size_t()> waiting;  // called from any loop; must not block; outlives the Api
  std::size_t waiting_max = 0;           // when more than this many wait, new calls are refused
};

struct OverloadOptions {
  std::size_t requests_in_flight_max = 5'000;   // on all loops together; 0: unlimited
  std::size_t heavy_in_flight_max = 16;         // of heavy calls (Endpoint::heavy), on all loops together; 0: unlimited
  std::chrono::milliseconds look_interval{10};  // how often the queues are measured
  std::chrono::seconds retry_after{1};          // Retry-After of a refused call
  std::vector<WatchedQueue> queues = {};
};

// The limit for heavy calls: a bounded number of them runs at once, so that the others keep most of the database. A
// further call is refused cheaply. Safe from any loop.
class HeavyLane {
 public:
  explicit HeavyLane(const OverloadOptions& options)
      : in_flight_max_(options.heavy_in_flight_max), retry_after_(options.retry_after) {}
  HeavyLane(const HeavyLane&) = delete;
  HeavyLane& operator=(const HeavyLane&) = delete;

  // nullopt: the call entered, and must call leave(). Otherwise the error server.overloaded.
  [[nodiscard]] std::optional<Error> try_enter();
  void leave() { in_flight_.fetch_sub(1, std::memory_order_relaxed); }
  void append_to(observe::MetricsText& text) const;

 private:
  const std::size_t in_flight_max_;
  const std::chrono::seconds retry_after_;
  std::atomic<std::size_t> in_flight_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
};

// Refuses new calls during overload, so that accepted calls finish in time. Without overload a check costs two loads.
// Safe from any loop.
class Overload {
 public:
  Overload(OverloadOptions options, const CallMetrics& calls, log::Logger& logger);
  Overload(const Overload&) = delete;
  Overload& operator=(const Overload&) = delete;

  // The error for a new call, which already counts as in flight; nullopt: it may proceed.
  [[nodiscard]] std::optional<Error> refusal(Clock::Steady now);
  void append_to(observe::MetricsText& text) const;

 private:
  void look();
  Error refuse(std::string_view because, Clock::Steady now);

  const OverloadOptions options_;
  const CallMetrics& calls_;
  log::Logger& logger_;
  std::atomic<Clock::Steady> look_again_{Clock::Steady::min()};
  std::atomic<const WatchedQueue*> full_ = nullptr;
  std::atomic<Clock::Steady> log_again_{Clock::Steady::min()};
  std::atomic<std::uint64_t> refused_ = 0;
};

}  // namespace ashlar::api
