// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/observe/metrics_text.hpp"

#include <string>

namespace ashlar::cache {

class Cache;
class RedisLevel;

// ashlar_cache_hits_total and so on, by cache="name", for Prometheus; with a level in Redis, the level's figures, too.
// `level` may be null; both outlive the last scrape.
void add_metrics(observe::MetricSources& sources, const std::string& name, const Cache& cache, const RedisLevel* level);

}  // namespace ashlar::cache
