// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/metrics.hpp"

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/replicas.hpp"

#include <chrono>
#include <functional>

namespace ashlar::sql {

void add_metrics(observe::MetricSources& sources, const Database& database) {
  const auto add = [&](const char* name, const char* help, std::size_t DatabaseLoad::* figure) {
    sources.add({.name = name, .type = observe::MetricType::gauge, .help = help, .value = [&database, figure] {
                   return static_cast<double>(database.load().*figure);
                 }});
  };
  add("ashlar_database_waiting", "Waiting statements and transactions.", &DatabaseLoad::waiting);
  add("ashlar_database_waiting_max", "Maximum number that may wait, per kind.", &DatabaseLoad::waiting_max);
  add("ashlar_database_in_flight", "Statements that were sent and not answered.", &DatabaseLoad::in_flight);
  add("ashlar_database_connections", "Connections to the database.", &DatabaseLoad::connections);
  add("ashlar_database_connections_max", "Maximum number of connections.", &DatabaseLoad::connections_max);
  add("ashlar_database_transactions", "Open transactions.", &DatabaseLoad::transactions);
  add("ashlar_database_transactions_max", "Maximum number of open transactions.", &DatabaseLoad::transactions_max);
}

void add_metrics(observe::MetricSources& sources, const Replicas& replicas) {
  using Figures = Replicas::Figures;
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    const auto add = [&](const char* name, observe::MetricType type, const char* help, auto value) {
      sources.add({.name = name,
                   .type = type,
                   .help = help,
                   .labels = {{"replica", replicas.name(i)}},
                   .value = [&replicas, i, value] { return static_cast<double>(value(replicas.figures(i))); }});
    };
    using enum observe::MetricType;
    add("ashlar_database_replica_in_use", gauge, "Whether reads go to this replica of the database.",
        [](const Figures& of) { return of.state == Figures::State::in_use ? 1 : 0; });
    add("ashlar_database_replica_lag_seconds", gauge, "Maximum lag of the replica while it is in use.",
        [](const Figures& of) { return std::chrono::duration<double>(of.lag).count(); });
    add("ashlar_database_replica_reads_total", counter, "Reads sent to the replica.", std::mem_fn(&Figures::reads));
    add("ashlar_database_replica_failed_over_total", counter, "Reads of the replica that the primary had to answer.",
        std::mem_fn(&Figures::failed_over));
  }
}

}  // namespace ashlar::sql
