// SPDX-License-Identifier: Apache-2.0
#include "backend/schema_version.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <cstdio>
#include <span>
#include <string>

namespace ashlar::cli {

namespace {

void print(const std::string& line) { std::puts(line.c_str()); }

// The text of a view has many lines.
std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  constexpr std::size_t shown_max = 60;
  if (text.size() > shown_max) text = text.substr(0, shown_max) + "...";
  return text;
}

void print_drift(std::span<const sql::Difference> drift) {
  Table table({"OBJECT", "MIGRATIONS", "DATABASE"});
  for (const sql::Difference& difference : drift) {
    table.add({difference.object, difference.expected.empty() ? "-" : one_line(difference.expected),
               difference.found.empty() ? "-" : one_line(difference.found)});
  }
  table.print();
}

void print_dry(std::span<const sql::Migration* const> steps, std::string sql::Migration::* text) {
  for (const sql::Migration* step : steps) print("-- " + step->label() + "\n" + step->*text);
}

void print_done(const char* verb, std::span<const sql::Migration* const> steps) {
  for (const sql::Migration* step : steps) print(std::string(verb) + " " + step->label());
  if (steps.empty()) print("nothing to do");
}

}  // namespace

int migrate_status() {
  CommandContext place;
  sql::Migrator migrator = backend::migrator(*place.database, place.clock);
  Table table({"MIGRATION", "STATE", "APPLIED"});
  bool current = true;
  for (const sql::MigrationStatus& step : value_or_exit(migrator.status())) {
    table.add({step.label, std::string(to_string(step.state)), step.applied_at ? step.applied_at->to_string() : "-"});
    current = current && step.state == sql::MigrationStatus::State::applied;
  }
  table.print();
  const auto drift = migrator.drift();
  if (!drift) {
    print("\nNot compared with the result of the migrations: " + drift.error().message() + " " + drift.error().cause());
    return exit_failed;
  }
  if (drift->empty()) {
    print("\nThe schema matches the applied migrations.");
    return current ? exit_ok : exit_failed;
  }
  print("\nThe schema does not match the applied migrations:");
  print_drift(*drift);
  return exit_failed;
}

int migrate_up(Run run, std::chrono::milliseconds lock_wait_max) {
  CommandContext place;
  sql::Migrator migrator = backend::migrator(*place.database, place.clock, {.lock_wait_max = lock_wait_max});
  if (run == Run::dry) {
    print_dry(value_or_exit(migrator.pending()), &sql::Migration::up);
  } else {
    print_done("applied", value_or_exit(migrator.up()));
  }
  return exit_ok;
}

int migrate_down(std::size_t steps, Run run, std::chrono::milliseconds lock_wait_max) {
  CommandContext place;
  sql::Migrator migrator = backend::migrator(*place.database, place.clock, {.lock_wait_max = lock_wait_max});
  if (run == Run::dry) {
    print_dry(value_or_exit(migrator.undoable(steps)), &sql::Migration::down);
  } else {
    print_done("took back", value_or_exit(migrator.down(steps)));
  }
  return exit_ok;
}

}  // namespace ashlar::cli
