// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/observe/metrics_text.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::async {
class BlockingPool;
}
namespace ashlar::http {
class Server;
}

namespace ashlar::web {

// As known when a request is answered: not for a stream, and for a chunked body only if its last chunk was read.
struct BodySizes {
  std::optional<std::uint64_t> request_bytes = {};
  std::optional<std::uint64_t> response_bytes = {};
};

// Counts requests by route: their number by class of status, durations, sizes of requests and responses, and the number
// in flight. Labels are the route's template and method (a HEAD answered by GET counts as GET), so their number is
// bounded by the routes. Requests without a route count as route="". Each thread increments its own cells without a
// locked instruction; reading sums them.
class RequestMetrics {
 public:
  struct Label {
    http::Method method;
    std::string route;
  };
  // Upper bounds; a last bucket is unbounded.
  static constexpr std::array<std::uint64_t, 14> bounds_us = {
      100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000, 2'500'000, 10'000'000};
  static constexpr std::array<std::uint64_t, 7> bounds_bytes = {256,    1'024,     4'096,     16'384,
                                                                65'536, 1'048'576, 10'485'760};

  explicit RequestMetrics(std::vector<Label> labels);
  ~RequestMetrics();
  RequestMetrics(const RequestMetrics&) = delete;
  RequestMetrics& operator=(const RequestMetrics&) = delete;

  [[nodiscard]] std::size_t unmatched() const { return labels_.size(); }
  // `route` is an index into the labels, or unmatched().
  void ended(std::size_t route, int status, std::chrono::nanoseconds took, const BodySizes& sizes = {});
  void streamed(std::size_t route, std::uint64_t response_bytes);  // a counted response's body has ended

  void append_to(observe::MetricsText& text) const;

 private:
  struct Cells;
  struct Shard;
  [[nodiscard]] Shard& mine() const;
  [[nodiscard]] Cells sum_of(std::size_t route) const;
  [[nodiscard]] std::string labels_of(std::size_t route) const;

  std::vector<Label> labels_;
  std::unique_ptr<Shard[]> shards_;
};

// Metrics of the process with the standard names of Prometheus clients: CPU time, memory, open files, start.
void append_process_metrics(observe::MetricsText& text);
// ashlar_build_info, with the API's version and the compiler as labels.
void append_build_info(std::string_view version, observe::MetricsText& text);

// Connections, and the lag of each loop: ashlar_loop_lag_max_seconds is the maximum since the previous scrape. The
// server outlives the last scrape.
void add_server(observe::MetricSources& sources, http::Server& server);
// Waiting and running jobs, and their limit, by pool="name".
void add_pool(observe::MetricSources& sources, const std::string& name, const async::BlockingPool& pool);

}  // namespace ashlar::web
