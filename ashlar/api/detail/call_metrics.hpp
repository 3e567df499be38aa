// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/observe/metrics_text.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::api {

// Counts the calls of every endpoint, over all transports, by outcome: "ok" or the kind of the error. Each thread
// increments its own cells without a locked instruction; reading sums them.
class CallMetrics {
 public:
  explicit CallMetrics(std::vector<std::string> endpoint_names);
  ~CallMetrics();
  CallMetrics(const CallMetrics&) = delete;
  CallMetrics& operator=(const CallMetrics&) = delete;

  // A call is in flight between the two. It may end on another thread than it began on.
  void began();
  void ended();
  // nullopt: the call succeeded.
  void count(std::size_t endpoint, std::optional<ErrorKind> error);

  [[nodiscard]] std::int64_t in_flight() const;
  // Whether more than this many calls are in flight. While few are, it reads the calling thread's cells only.
  [[nodiscard]] bool in_flight_over(std::size_t max) const;
  [[nodiscard]] std::uint64_t calls_of(std::size_t endpoint, std::optional<ErrorKind> error) const;

  // ashlar_calls_total by operation and outcome.
  void append_to(observe::MetricsText& text) const;

 private:
  struct Shard;

  const std::vector<std::string> names_;
  std::unique_ptr<Shard[]> shards_;
};

// "ok", "not_found", "too_many_requests", ...
[[nodiscard]] std::string_view outcome_name(std::optional<ErrorKind> error);

}  // namespace ashlar::api
