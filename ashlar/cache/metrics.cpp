// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/metrics.hpp"

#include "ashlar/cache/cache.hpp"
#include "ashlar/cache/redis_level.hpp"
#include "ashlar/observe/cache_figures.hpp"

namespace ashlar::cache {

namespace {

observe::CacheFigures figures_of(const Statistics& counted) {
  return {.hits = counted.hits,
          .stale_hits = counted.stale_hits,
          .misses = counted.misses,
          .loads = counted.loads,
          .load_failures = counted.load_failures,
          .evictions = counted.evictions,
          .entries = counted.entries,
          .bytes = counted.bytes};
}

observe::CacheFigures::SecondLevel second_figures_of(const Statistics::Shared& counted) {
  return {.hits = counted.hits,
          .stale_hits = counted.stale_hits,
          .misses = counted.misses,
          .waits = counted.waits,
          .failures = counted.failures};
}

}  // namespace

void add_metrics(observe::MetricSources& sources, const std::string& name, const Cache& cache,
                 const RedisLevel* level) {
  observe::add_cache(sources, name, [&cache, level] {
    const Statistics counted = cache.statistics();
    observe::CacheFigures out = figures_of(counted);
    if (level != nullptr) out.shared = second_figures_of(counted.shared);
    return out;
  });
  if (level == nullptr) return;
  const auto add = [&](const char* metric, const char* help, auto value) {
    sources.add({.name = metric,
                 .type = observe::MetricType::gauge,
                 .help = help,
                 .labels = {{"cache", name}},
                 .value = [level, value] { return static_cast<double>(value(*level)); }});
  };
  add("ashlar_cache_subscribed", "Whether changes by other processes are received.",
      [](const RedisLevel& of) { return of.is_subscribed() ? 1 : 0; });
  add("ashlar_cache_pending_changes", "Changes that were not published to Redis yet.",
      [](const RedisLevel& of) { return of.pending_invalidations(); });
}

}  // namespace ashlar::cache
