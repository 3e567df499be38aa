// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Figures in the text format 0.0.4 of Prometheus.
namespace ashlar::observe {

enum class MetricType : std::uint8_t { counter, gauge, histogram };

// Writes families one after another: first its head, then its samples. Names and units as the format's authors ask for:
// seconds, bytes, and "_total" behind what only grows.
class MetricsText {
 public:
  explicit MetricsText(std::string& out) : out_(out) {}

  void head(std::string_view name, MetricType type, std::string_view help);
  // `labels` are text between the braces, each value escaped: see label().
  void sample(std::string_view name, std::string_view labels, double value);
  void sample(std::string_view name, std::string_view labels, std::uint64_t value);
  void single(std::string_view name, MetricType type, std::string_view help, double value) {
    head(name, type, help);
    sample(name, {}, value);
  }

  // name="value", with the format's escapes.
  [[nodiscard]] static std::string label(std::string_view name, std::string_view value);
  [[nodiscard]] static std::string text_of(double number);

 private:
  std::string& out_;
};

// A figure that somebody keeps and the metrics show: the depth of a queue, the hits of a cache.
struct Metric {
  std::string name;  // "ashlar_cache_hits_total"
  MetricType type = MetricType::gauge;
  std::string help;  // a sentence
  std::vector<std::pair<std::string, std::string>> labels = {};
  std::function<double()> value;  // asked at each scrape, on the loop that serves it; it must not block
};

// The figures beside those of requests. From any thread; what a function refers to outlives the last scrape.
class MetricSources {
 public:
  MetricSources() = default;
  MetricSources(const MetricSources&) = delete;
  MetricSources& operator=(const MetricSources&) = delete;

  void add(Metric metric);
  // Metrics of one name stand together, with the type and the help of the first.
  void append_to(MetricsText& text) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Metric> metrics_;
};

}  // namespace ashlar::observe
