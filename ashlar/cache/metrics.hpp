// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/observe/metrics_text.hpp"

#include <string>

namespace ashlar::cache {

class Cache;
class RedisLevel;

// Registers ashlar_cache_hits_total and so on, with cache="name", for Prometheus; with a level in Redis, also the
// level's metrics. `level` may be null; cache and level outlive the last scrape.
void add_metrics(observe::MetricSources& sources, const std::string& name, const Cache& cache, const RedisLevel* level);

}  // namespace ashlar::cache
