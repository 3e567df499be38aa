// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/web/metrics.hpp"

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

namespace ashlar::web {

// A queue before something that most requests need: the database, say. What only some need refuses for itself.
struct WatchedQueue {
  std::string name;                      // in the log and the metrics
  std::function<std::size_t()> waiting;  // from any loop; it must not block, and outlives the App
  std::size_t waiting_max = 0;           // more, and new requests are refused
};

struct OverloadOptions {
  std::size_t requests_in_flight_max = 5'000;   // on all loops together; 0: no bound
  std::chrono::milliseconds look_interval{10};  // how old what is known of the queues may be
  std::chrono::seconds retry_after{1};          // what a refused client is told
  std::vector<WatchedQueue> queues = {};
};

// Refuses new requests while there is too much to do, so that those that were taken are answered in time. What it
// costs when there is not: two loads. From any loop.
class Overload {
 public:
  Overload(OverloadOptions options, const RequestMetrics& requests, log::Logger& logger);
  Overload(const Overload&) = delete;
  Overload& operator=(const Overload&) = delete;

  // What a new request, already counted as in flight, is told; nullopt: it may go on.
  [[nodiscard]] std::optional<Error> refusal(Clock::Steady now);
  void append_to(MetricsText& text) const;

 private:
  void look();
  Error refuse(std::string_view because, Clock::Steady now);

  const OverloadOptions options_;
  const RequestMetrics& requests_;
  log::Logger& logger_;
  std::atomic<Clock::Steady> look_again_{Clock::Steady::min()};
  std::atomic<const WatchedQueue*> full_ = nullptr;
  std::atomic<Clock::Steady> say_again_{Clock::Steady::min()};
  std::atomic<std::uint64_t> refused_ = 0;
};

}  // namespace ashlar::web
