// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/observe/metrics_text.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace ashlar::observe {

// Statistics of a cache: totals and current sizes. The second level is shared by several processes.
struct CacheFigures {
  std::uint64_t hits = 0, stale_hits = 0, misses = 0;
  std::uint64_t loads = 0, load_failures = 0, evictions = 0;
  std::uint64_t entries = 0, bytes = 0;  // now, in the process
  struct SecondLevel {
    std::uint64_t hits = 0, stale_hits = 0, misses = 0, waits = 0, failures = 0;
  };
  std::optional<SecondLevel> shared{};
};
// Registers ashlar_cache_hits_total and so on, with cache="name", and level="process" or "shared" where a cache has
// both. Whether there is a second level is read once, at registration.
void add_cache(MetricSources& sources, const std::string& name, const std::function<CacheFigures()>& figures);

}  // namespace ashlar::observe
