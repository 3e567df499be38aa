// SPDX-License-Identifier: Apache-2.0
#include "ashlar/observe/cache_figures.hpp"

#include <utility>
#include <vector>

namespace ashlar::observe {

void add_cache(MetricSources& sources, const std::string& name, const std::function<CacheFigures()>& figures) {
  using Labels = std::vector<std::pair<std::string, std::string>>;
  using enum MetricType;
  const Labels whole = {{"cache", name}};
  const Labels process = {{"cache", name}, {"level", "process"}};
  const Labels second = {{"cache", name}, {"level", "shared"}};
  const auto add = [&](const char* metric, MetricType type, const char* help, const Labels& labels, auto figure) {
    sources.add({.name = metric, .type = type, .help = help, .labels = labels, .value = [figures, figure] {
                   return static_cast<double>(std::invoke(figure, figures()));
                 }});
  };
  const auto add_look_ups = [&](const Labels& labels, auto hits, auto stale_hits, auto misses) {
    add("ashlar_cache_hits_total", counter, "Look-ups that found a fresh value.", labels, hits);
    add("ashlar_cache_stale_hits_total", counter, "Look-ups that returned a stale value.", labels, stale_hits);
    add("ashlar_cache_misses_total", counter, "Look-ups that found no value.", labels, misses);
  };
  using Of = CacheFigures;
  add_look_ups(process, &Of::hits, &Of::stale_hits, &Of::misses);
  add("ashlar_cache_loads_total", counter, "Loads of values into the cache.", whole, &Of::loads);
  add("ashlar_cache_load_failures_total", counter, "Loads that failed.", whole, &Of::load_failures);
  add("ashlar_cache_evictions_total", counter, "Values evicted to make room.", process, &Of::evictions);
  add("ashlar_cache_entries", gauge, "Values in the cache.", process, &Of::entries);
  add("ashlar_cache_bytes", gauge, "Estimated memory of the values.", process, &Of::bytes);
  if (!figures().shared) return;
  using Second = CacheFigures::SecondLevel;
  const auto of_second = [](auto member) { return [member](const Of& of) { return (*of.shared).*member; }; };
  add_look_ups(second, of_second(&Second::hits), of_second(&Second::stale_hits), of_second(&Second::misses));
  add("ashlar_cache_waits_total", counter, "Look-ups that waited for another process's load.", second,
      of_second(&Second::waits));
  add("ashlar_cache_failures_total", counter, "Look-ups and writes while the level was unavailable.", second,
      of_second(&Second::failures));
}

}  // namespace ashlar::observe
