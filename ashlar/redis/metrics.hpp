// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/observe/metrics_text.hpp"

namespace ashlar::redis {

class Clients;

// ashlar_redis_commands_total, ashlar_redis_connections and so on, for Prometheus. The clients outlive the last scrape.
void add_metrics(observe::MetricSources& sources, const Clients& clients);

}  // namespace ashlar::redis
