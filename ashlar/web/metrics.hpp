// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::web {

// Counts requests by route: how many by class of status, how long they took, how many are in flight. Labels are the
// route's template and method (a HEAD that GET answers counts as GET), so their number is that of the routes. What
// matched no route counts as route="". Counting is relaxed additions to the thread's own cells; reading sums them up.
class RequestMetrics {
 public:
  struct Label {
    http::Method method;
    std::string route;
  };
  // Upper bounds in microseconds; a last bucket has none.
  static constexpr std::array<std::int64_t, 14> bounds_us = {
      100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000, 2'500'000, 10'000'000};

  explicit RequestMetrics(std::vector<Label> labels);
  ~RequestMetrics();
  RequestMetrics(const RequestMetrics&) = delete;
  RequestMetrics& operator=(const RequestMetrics&) = delete;

  [[nodiscard]] std::size_t unmatched() const { return labels_.size(); }
  void began();
  // `route` is an index into the labels, or unmatched().
  void ended(std::size_t route, int status, std::chrono::nanoseconds took);

  void append_to(std::string& out) const;  // Prometheus text format 0.0.4

 private:
  struct Cells;
  struct Shard;
  [[nodiscard]] Shard& mine() const;
  void append_route(std::size_t route, std::string& requests, std::string& durations) const;

  std::vector<Label> labels_;
  std::unique_ptr<Shard[]> shards_;
};

// Figures of the process by the names that every Prometheus client uses: CPU time, memory, open files, start.
void append_process_metrics(std::string& out);
// ashlar_build_info, with the API's version and the compiler as labels.
void append_build_info(std::string_view version, std::string& out);

}  // namespace ashlar::web
