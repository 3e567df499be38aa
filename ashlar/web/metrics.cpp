// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/metrics.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <concepts>
#include <filesystem>
#include <fstream>

namespace ashlar::web {

namespace {

constexpr std::size_t shard_count = 16;
constexpr std::size_t buckets = RequestMetrics::bounds_us.size() + 1;

// Threads take shards in turn, so the loops of one server rarely share one; sharing costs time, not counts.
std::size_t shard_of_thread() {
  static std::atomic<std::size_t> next = 0;
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed) % shard_count;
  return mine;
}

template <std::integral Number>
std::string text_of(Number number) {
  std::array<char, 32> digits;
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
}

std::string text_of(double number) {
  std::array<char, 400> digits;
  return {digits.data(),
          std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed).ptr};
}

// The format's own escapes: backslash, double quote, line feed.
std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

void append_head(std::string_view name, std::string_view type, std::string_view help, std::string& out) {
  out.append("# HELP ")
      .append(name)
      .append(" ")
      .append(help)
      .append("\n# TYPE ")
      .append(name)
      .append(" ")
      .append(type) += '\n';
}

void append_single(std::string_view name, std::string_view type, std::string_view help, std::string_view value,
                   std::string& out) {
  append_head(name, type, help, out);
  out.append(name).append(" ").append(value) += '\n';
}

}  // namespace

struct RequestMetrics::Cells {
  std::array<std::atomic<std::uint64_t>, 5> by_class{};  // 1xx .. 5xx
  std::array<std::atomic<std::uint64_t>, buckets> by_duration{};
  std::atomic<std::uint64_t> nanoseconds = 0;
};

struct alignas(64) RequestMetrics::Shard {
  std::atomic<std::int64_t> in_flight =
      0;  // of this shard alone it may be negative: a request can end on another thread
  std::unique_ptr<Cells[]> routes;
};

RequestMetrics::RequestMetrics(std::vector<Label> labels)
    : labels_(std::move(labels)), shards_(std::make_unique<Shard[]>(shard_count)) {
  for (std::size_t i = 0; i < shard_count; ++i) shards_[i].routes = std::make_unique<Cells[]>(labels_.size() + 1);
}
RequestMetrics::~RequestMetrics() = default;

RequestMetrics::Shard& RequestMetrics::mine() const { return shards_[shard_of_thread()]; }

void RequestMetrics::began() { mine().in_flight.fetch_add(1, std::memory_order_relaxed); }

void RequestMetrics::ended(std::size_t route, int status, std::chrono::nanoseconds took) {
  Shard& shard = mine();
  shard.in_flight.fetch_sub(1, std::memory_order_relaxed);
  Cells& cells = shard.routes[route];
  cells.by_class[static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1)].fetch_add(1, std::memory_order_relaxed);
  const auto bucket = std::ranges::lower_bound(bounds_us, (took.count() + 999) / 1000) - bounds_us.begin();
  cells.by_duration[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  cells.nanoseconds.fetch_add(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
}

void RequestMetrics::append_route(std::size_t route, std::string& requests, std::string& durations) const {
  std::array<std::uint64_t, 5> by_class{};
  std::array<std::uint64_t, buckets> by_duration{};
  std::uint64_t nanoseconds = 0;
  for (std::size_t i = 0; i < shard_count; ++i) {
    const Cells& cells = shards_[i].routes[route];
    for (std::size_t k = 0; k < by_class.size(); ++k) by_class[k] += cells.by_class[k].load(std::memory_order_relaxed);
    for (std::size_t k = 0; k < buckets; ++k) by_duration[k] += cells.by_duration[k].load(std::memory_order_relaxed);
    nanoseconds += cells.nanoseconds.load(std::memory_order_relaxed);
  }
  const std::string labels = route == unmatched() ? R"(method="",route="")"
                                                  : "method=\"" + std::string(http::to_string(labels_[route].method)) +
                                                        "\",route=\"" + escaped(labels_[route].route) + '"';
  for (std::size_t k = 0; k < by_class.size(); ++k) {
    if (by_class[k] == 0) continue;
    requests.append("http_requests_total{").append(labels).append(",status=\"").append(text_of(k + 1));
    requests.append("xx\"} ").append(text_of(by_class[k])) += '\n';
  }
  std::uint64_t count = 0;
  if (std::ranges::all_of(by_duration, [](std::uint64_t n) { return n == 0; })) return;
  for (std::size_t k = 0; k < buckets; ++k) {
    count += by_duration[k];
    const std::string bound = k < bounds_us.size() ? text_of(static_cast<double>(bounds_us[k]) / 1e6) : "+Inf";
    durations.append("http_request_duration_seconds_bucket{").append(labels).append(",le=\"").append(bound);
    durations.append("\"} ").append(text_of(count)) += '\n';
  }
  durations.append("http_request_duration_seconds_sum{").append(labels).append("} ");
  durations.append(text_of(static_cast<double>(nanoseconds) / 1e9)) += '\n';
  durations.append("http_request_duration_seconds_count{").append(labels).append("} ").append(text_of(count)) += '\n';
}

void RequestMetrics::append_to(std::string& out) const {
  std::string requests, durations;
  std::int64_t in_flight = 0;
  for (std::size_t i = 0; i < shard_count; ++i) in_flight += shards_[i].in_flight.load(std::memory_order_relaxed);
  for (std::size_t route = 0; route <= labels_.size(); ++route) append_route(route, requests, durations);
  append_head("http_requests_total", "counter", "Requests answered, by route and class of status.", out);
  out += requests;
  append_head("http_request_duration_seconds", "histogram", "Time from a request's headers to its response, by route.",
              out);
  out += durations;
  append_single("http_requests_in_flight", "gauge", "Requests being answered.", text_of(in_flight), out);
}

void append_process_metrics(std::string& out) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    append_single("process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.",
                  text_of(seconds(usage.ru_utime) + seconds(usage.ru_stime)), out);
  }
  std::uint64_t virtual_pages = 0, resident_pages = 0;
  if (std::ifstream statm("/proc/self/statm"); statm >> virtual_pages >> resident_pages) {
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    append_single("process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.",
                  text_of(virtual_pages * page), out);
    append_single("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.",
                  text_of(resident_pages * page), out);
  }
  std::error_code unreadable;
  const std::filesystem::directory_iterator files("/proc/self/fd", unreadable);
  if (!unreadable)
    append_single("process_open_fds", "gauge", "Number of open file descriptors.",
                  text_of(std::distance(begin(files), end(files))), out);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    append_single("process_max_fds", "gauge", "Maximum number of open file descriptors.", text_of(limit.rlim_cur), out);
}

void append_build_info(std::string_view version, std::string& out) {
  append_head("ashlar_build_info", "gauge", "What is running; always 1.", out);
  out.append("ashlar_build_info{version=\"")
      .append(escaped(version))
      .append("\",compiler=\"")
      .append(escaped(__VERSION__));
  out += "\"} 1\n";
}

}  // namespace ashlar::web
