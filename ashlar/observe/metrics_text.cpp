// SPDX-License-Identifier: Apache-2.0
#include "ashlar/observe/metrics_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace ashlar::observe {

namespace {

constexpr std::array<std::string_view, 3> types = {"counter", "gauge", "histogram"};

// Backslash, line feed and, in a label, the double quote.
enum class Place : std::uint8_t { help, label };
std::string escaped(std::string_view text, Place place) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || (c == '"' && place == Place::label)) out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

void append_sample(std::string_view name, std::string_view labels, std::string_view value, std::string& out) {
  out += name;
  if (!labels.empty()) out.append("{").append(labels) += '}';
  out.append(" ").append(value) += '\n';
}

}  // namespace

void MetricsText::head(std::string_view name, MetricType type, std::string_view help) {
  out_.append("# HELP ").append(name).append(" ").append(escaped(help, Place::help));
  out_.append("\n# TYPE ").append(name).append(" ").append(types.at(static_cast<std::size_t>(type))) += '\n';
}

void MetricsText::sample(std::string_view name, std::string_view labels, double value) {
  append_sample(name, labels, text_of(value), out_);
}

void MetricsText::sample(std::string_view name, std::string_view labels, std::uint64_t value) {
  append_sample(name, labels, std::to_string(value), out_);
}

std::string MetricsText::label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + escaped(value, Place::label) + '"';
}

std::string MetricsText::text_of(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  std::array<char, 400> digits;
  return {digits.data(),
          std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed).ptr};
}

void MetricSources::add(Metric metric) {
  const std::scoped_lock lock(mutex_);
  const auto last = std::ranges::find(metrics_.rbegin(), metrics_.rend(), metric.name, &Metric::name);
  metrics_.insert(last == metrics_.rend() ? metrics_.end() : last.base(), std::move(metric));
}

void MetricSources::append_to(MetricsText& text) const {
  const std::scoped_lock lock(mutex_);
  std::string_view family;
  for (const Metric& metric : metrics_) {
    if (metric.name != family) text.head(family = metric.name, metric.type, metric.help);
    std::string labels;
    for (const auto& [name, value] : metric.labels)
      labels.append(labels.empty() ? "" : ",").append(MetricsText::label(name, value));
    text.sample(metric.name, labels, metric.value());
  }
}

}  // namespace ashlar::observe
