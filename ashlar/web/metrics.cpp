// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/metrics.hpp"

#include "ashlar/observe/sharded_counter.hpp"

#include <algorithm>
#include <atomic>
#include <span>

namespace ashlar::web {

namespace {

using observe::Counter;
using observe::MetricsText;
using observe::MetricType;
using observe::shards_max;

constexpr std::size_t time_buckets = RequestMetrics::bounds_us.size() + 1;
constexpr std::size_t size_buckets = RequestMetrics::bounds_bytes.size() + 1;

template <std::size_t N>
struct Histogram {
  std::array<Counter, N> buckets{};
  Counter sum;

  void add(std::span<const std::uint64_t> bounds, std::uint64_t bucketed, std::uint64_t value) {
    buckets[static_cast<std::size_t>(std::ranges::lower_bound(bounds, bucketed) - bounds.begin())].add(1);
    sum.add(value);
  }
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < N; ++i) buckets[i].add(other.buckets[i].get());
    sum.add(other.sum.get());
  }
  // `scale`: how many counted units make one displayed unit.
  void append_to(std::string_view name, const std::string& labels, std::span<const std::uint64_t> bounds,
                 double bound_scale, double sum_scale, MetricsText& text) const {
    std::uint64_t count = 0;
    for (const Counter& bucket : buckets) count += bucket.get();
    if (count == 0) return;
    const std::string family(name);
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < N; ++i) {
      below += buckets[i].get();
      const std::string bound =
          i < bounds.size() ? MetricsText::text_of(static_cast<double>(bounds[i]) / bound_scale) : "+Inf";
      text.sample(family + "_bucket", labels + "," + MetricsText::label("le", bound), below);
    }
    text.sample(family + "_sum", labels, static_cast<double>(sum.get()) / sum_scale);
    text.sample(family + "_count", labels, count);
  }
};

}  // namespace

struct RequestMetrics::Cells {
  std::array<Counter, 5> by_class{};  // 1xx .. 5xx
  Histogram<time_buckets> took;       // buckets in microseconds, sum in nanoseconds
  Histogram<size_buckets> request_bytes;
  Histogram<size_buckets> response_bytes;

  void add(const Cells& other) {
    for (std::size_t i = 0; i < by_class.size(); ++i) by_class[i].add(other.by_class[i].get());
    took.add(other.took);
    request_bytes.add(other.request_bytes);
    response_bytes.add(other.response_bytes);
  }
};

struct alignas(64) RequestMetrics::Shard {
  ~Shard() { delete[] routes.load(); }

  std::atomic<Cells*> routes = nullptr;

  Cells& of(std::size_t route, std::size_t count) {
    Cells* cells = routes.load(std::memory_order_acquire);
    if (cells == nullptr) {
      auto made = std::make_unique<Cells[]>(count);
      if (routes.compare_exchange_strong(cells, made.get(), std::memory_order_acq_rel)) cells = made.release();
    }
    return cells[route];
  }
};

RequestMetrics::RequestMetrics(std::vector<Label> labels)
    : labels_(std::move(labels)), shards_(std::make_unique<Shard[]>(shards_max)) {}
RequestMetrics::~RequestMetrics() = default;

RequestMetrics::Shard& RequestMetrics::mine() const { return shards_[observe::shard_of_thread()]; }

void RequestMetrics::ended(std::size_t route, int status, std::chrono::nanoseconds took, const BodySizes& sizes) {
  Shard& shard = mine();
  Cells& cells = shard.of(route, labels_.size() + 1);
  cells.by_class[static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1)].add(1);
  const auto nanoseconds = static_cast<std::uint64_t>(std::max(took, std::chrono::nanoseconds::zero()).count());
  cells.took.add(bounds_us, (nanoseconds + 999) / 1000, nanoseconds);
  if (sizes.request_bytes) cells.request_bytes.add(bounds_bytes, *sizes.request_bytes, *sizes.request_bytes);
  if (sizes.response_bytes) cells.response_bytes.add(bounds_bytes, *sizes.response_bytes, *sizes.response_bytes);
}

void RequestMetrics::streamed(std::size_t route, std::uint64_t response_bytes) {
  mine().of(route, labels_.size() + 1).response_bytes.add(bounds_bytes, response_bytes, response_bytes);
}

RequestMetrics::Cells RequestMetrics::sum_of(std::size_t route) const {
  Cells out;
  for (const Shard& shard : std::span(shards_.get(), shards_max)) {
    if (const Cells* cells = shard.routes.load(std::memory_order_acquire)) out.add(cells[route]);
  }
  return out;
}

std::string RequestMetrics::labels_of(std::size_t route) const {
  if (route == unmatched()) return R"(method="",route="")";
  return MetricsText::label("method", http::to_string(labels_[route].method)) + "," +
         MetricsText::label("route", labels_[route].route);
}

void RequestMetrics::append_to(MetricsText& text) const {
  std::vector<Cells> sums;
  std::vector<std::string> labels;
  for (std::size_t route = 0; route <= labels_.size(); ++route) {
    sums.push_back(sum_of(route));
    labels.push_back(labels_of(route));
  }
  text.head("http_requests_total", MetricType::counter, "Requests answered, by route and class of status.");
  for (std::size_t route = 0; route < sums.size(); ++route) {
    for (std::size_t k = 0; k < 5; ++k) {
      const std::uint64_t count = sums[route].by_class[k].get();
      const std::string status = std::to_string(k + 1) + "xx";
      if (count > 0)
        text.sample("http_requests_total", labels[route] + "," + MetricsText::label("status", status), count);
    }
  }
  constexpr std::string_view duration = "http_request_duration_seconds";
  text.head(duration, MetricType::histogram, "Time from a request's headers to its response, by route.");
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i].took.append_to(duration, labels[i], bounds_us, 1e6, 1e9, text);
  constexpr std::string_view request = "http_request_body_bytes";
  text.head(request, MetricType::histogram, "Size of request bodies, where known, by route.");
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i].request_bytes.append_to(request, labels[i], bounds_bytes, 1, 1, text);
  constexpr std::string_view response = "http_response_body_bytes";
  text.head(response, MetricType::histogram, "Size of response bodies as sent, without streams, by route.");
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i].response_bytes.append_to(response, labels[i], bounds_bytes, 1, 1, text);
}

}  // namespace ashlar::web
