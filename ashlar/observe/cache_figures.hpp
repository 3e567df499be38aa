// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/observe/metrics_text.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace ashlar::observe {

// What a cache has done so far, and what it holds now. The second level is one that several processes share.
struct CacheFigures {
  std::uint64_t hits = 0, stale_hits = 0, misses = 0;
  std::uint64_t loads = 0, load_failures = 0, evictions = 0;
  std::uint64_t entries = 0, bytes = 0;  // now, in the process
  struct SecondLevel {
    std::uint64_t hits = 0, stale_hits = 0, misses = 0, waits = 0, failures = 0;
  };
  std::optional<SecondLevel> shared{};
};
// ashlar_cache_hits_total and so on, by cache="name", and level="process" or "shared" where both have it. Whether there
// is a second level is asked once, here.
void add_cache(MetricSources& sources, const std::string& name, const std::function<CacheFigures()>& figures);

}  // namespace ashlar::observe
