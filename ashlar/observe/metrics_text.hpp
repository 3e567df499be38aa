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

// Metrics in the text format 0.0.4 of Prometheus.
namespace ashlar::observe {

enum class MetricType : std::uint8_t { counter, gauge, histogram };

// Writes families one after another: a family's header, then its samples. Names and units follow the conventions of
// Prometheus: seconds, bytes, and the suffix "_total" for counters.
class MetricsText {
 public:
  explicit MetricsText(std::string& out) : out_(out) {}

  void head(std::string_view name, MetricType type, std::string_view help);
  // `labels` is the text between the braces, each value escaped: see label().
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

// A metric that is read at each scrape: the depth of a queue, the hits of a cache.
struct Metric {
  std::string name;  // "ashlar_cache_hits_total"
  MetricType type = MetricType::gauge;
  std::string help;  // a sentence
  std::vector<std::pair<std::string, std::string>> labels = {};
  std::function<double()> value;  // called at each scrape, on the loop that serves it; must not block
};

// Metrics in addition to those of requests. From any thread; what a function refers to outlives the last scrape.
class MetricSources {
 public:
  MetricSources() = default;
  MetricSources(const MetricSources&) = delete;
  MetricSources& operator=(const MetricSources&) = delete;

  void add(Metric metric);
  // Metrics of one name are grouped, with the type and the help of the first.
  void append_to(MetricsText& text) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Metric> metrics_;
};

}  // namespace ashlar::observe
