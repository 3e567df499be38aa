// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/observe/metrics_text.hpp"

// Metrics of a database for Prometheus. The database and the replicas outlive the last scrape.
namespace ashlar::sql {

class Database;
class Replicas;

// ashlar_database_waiting, ashlar_database_connections and so on.
void add_metrics(observe::MetricSources& sources, const Database& database);
// ashlar_database_replica_in_use and so on, by replica="name".
void add_metrics(observe::MetricSources& sources, const Replicas& replicas);

}  // namespace ashlar::sql
