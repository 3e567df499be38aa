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
  add("ashlar_database_waiting", "Statements and transactions whose turn has not come.", &DatabaseLoad::waiting);
  add("ashlar_database_waiting_max", "What may wait of one kind.", &DatabaseLoad::waiting_max);
  add("ashlar_database_in_flight", "Statements that were sent and not answered.", &DatabaseLoad::in_flight);
  add("ashlar_database_connections", "Connections to the database.", &DatabaseLoad::connections);
  add("ashlar_database_connections_max", "How many there may be.", &DatabaseLoad::connections_max);
  add("ashlar_database_transactions", "Open transactions.", &DatabaseLoad::transactions);
  add("ashlar_database_transactions_max", "How many there may be.", &DatabaseLoad::transactions_max);
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
    add("ashlar_database_replica_lag_seconds", gauge, "How far it may be behind, while it is in use.",
        [](const Figures& of) { return std::chrono::duration<double>(of.lag).count(); });
    add("ashlar_database_replica_reads_total", counter, "Reads that went to it.", std::mem_fn(&Figures::reads));
    add("ashlar_database_replica_failed_over_total", counter, "Of them, those that the primary had to answer.",
        std::mem_fn(&Figures::failed_over));
  }
}

}  // namespace ashlar::sql
