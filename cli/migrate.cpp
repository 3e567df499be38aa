// SPDX-License-Identifier: Apache-2.0
#include "backend/schema_version.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"
#include "cli/workplace.hpp"

#include <cstdio>
#include <span>
#include <string>

namespace ashlar::cli {

namespace {

void print(const std::string& line) { std::puts(line.c_str()); }

void print_dry(std::span<const sql::Migration* const> steps, std::string sql::Migration::* text) {
  for (const sql::Migration* step : steps) print("-- " + step->label() + "\n" + step->*text);
}

void print_done(const char* verb, std::span<const sql::Migration* const> steps) {
  for (const sql::Migration* step : steps) print(std::string(verb) + " " + step->label());
  if (steps.empty()) print("nothing to do");
}

}  // namespace

int migrate_status() {
  Workplace place;
  Table table({"MIGRATION", "STATE", "APPLIED"});
  bool current = true;
  for (const sql::MigrationStatus& step : value_or_stop(backend::migrator(*place.database, place.clock).status())) {
    table.add({step.label, std::string(to_string(step.state)), step.applied_at ? step.applied_at->to_string() : "-"});
    current = current && step.state == sql::MigrationStatus::State::applied;
  }
  table.print();
  return current ? exit_ok : exit_failed;
}

int migrate_up(Run run, std::chrono::milliseconds turn_wait_max) {
  Workplace place;
  sql::Migrator migrator = backend::migrator(*place.database, place.clock, {.turn_wait_max = turn_wait_max});
  if (run == Run::dry) {
    print_dry(value_or_stop(migrator.pending()), &sql::Migration::up);
  } else {
    print_done("applied", value_or_stop(migrator.up()));
  }
  return exit_ok;
}

int migrate_down(std::size_t steps, Run run, std::chrono::milliseconds turn_wait_max) {
  Workplace place;
  sql::Migrator migrator = backend::migrator(*place.database, place.clock, {.turn_wait_max = turn_wait_max});
  if (run == Run::dry) {
    print_dry(value_or_stop(migrator.undoable(steps)), &sql::Migration::down);
  } else {
    print_done("took back", value_or_stop(migrator.down(steps)));
  }
  return exit_ok;
}

}  // namespace ashlar::cli
