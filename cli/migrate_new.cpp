// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/draft.hpp"
#include "backend/models.hpp"
#include "backend/schema_version.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::cli {

namespace {

using For = NewMigration::For;

// One kind of database: where the draft is tried, and its result.
struct Target {
  const char* name;
  std::string url;
  sql::Draft draft{};
};

std::vector<Target> targets_of(const NewMigration& wanted) {
  std::vector<Target> out;
  if (wanted.databases != For::postgres) out.push_back({.name = "sqlite", .url = "sqlite::memory:"});
  if (wanted.databases == For::sqlite) return out;
  std::string url = wanted.postgres_url;
  if (url.empty()) url = read_settings().database_url;
  if (url.starts_with("sqlite:")) {
    throw ExitError(exit_failed,
                    "The SQL for PostgreSQL is tried on a server: name one with --postgres URL, or omit it with "
                    "--only sqlite. Nothing was written.");
  }
  out.push_back({.name = "postgres", .url = std::move(url)});
  return out;
}

void draft(Target& target) {
  const auto database = value_or_exit(sql::open_database(target.url));
  const auto models = backend::models();
  auto drafted = sql::draft_migration(*database, backend::migrations(database->dialect()), models);
  database->close();
  target.draft = value_or_exit(std::move(drafted));
}

// The highest number in the folder, which must be the binary's: otherwise the binary lacks some migrations.
void require_same_migrations(const std::filesystem::path& folder, std::size_t known) {
  if (!std::filesystem::is_directory(folder))
    throw ExitError(exit_failed,
                    "There is no folder " + folder.string() + ": run this in the sources, or give --folder.");
  std::size_t highest = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.size() > 5 && name.ends_with(".up.sql") && name[4] == '_')
      highest = std::max<std::size_t>(highest, std::strtoul(name.c_str(), nullptr, 10));
  }
  if (highest == known) return;
  throw ExitError(exit_failed, folder.string() + " has migrations up to " + std::to_string(highest) +
                                   ", and this binary up to " + std::to_string(known) + ": build it first.");
}

void write(const std::filesystem::path& file, const std::string& text) {
  if (std::filesystem::exists(file)) throw ExitError(exit_failed, file.string() + " exists already.");
  std::ofstream out(file, std::ios::binary);
  out << "-- SPDX-License-Identifier: Apache-2.0\n"
      << (text.empty() ? "-- Nothing to do in this database.\nselect 1;\n" : text);
  out.close();
  if (!out) throw ExitError(exit_failed, file.string() + " cannot be written.");
  std::puts(("wrote " + file.string()).c_str());
}

void print_left(const Target& target) {
  for (const sql::Difference& left : target.draft.left)
    std::puts(("  " + std::string(target.name) + ": not done yet: " + left.object).c_str());
  for (const sql::Difference& left : target.draft.left_by_down)
    std::puts(("  " + std::string(target.name) + ": not undone by down: " + left.object).c_str());
}

}  // namespace

int migrate_new(const NewMigration& wanted) {
  if (!sql::is_migration_name(wanted.name))
    throw ExitError(exit_usage, "The name of a migration may hold a-z, 0-9 and _ only.");
  const std::filesystem::path folder = wanted.folder;
  const std::size_t known = backend::migrations(sql::Dialect::sqlite).size();
  require_same_migrations(folder, known);
  std::vector<Target> targets = targets_of(wanted);
  bool any = false;
  for (Target& target : targets) {
    draft(target);
    any = any || !target.draft.change.up.empty();
  }
  if (!any) {
    std::puts("nothing to do: the migrations match the models");
    return exit_ok;
  }
  const sql::Migration next{.number = static_cast<std::int64_t>(known) + 1, .name = wanted.name, .up = {}, .down = {}};
  for (const Target& target : targets) {
    const std::string file = (folder / (next.label() + "." + target.name)).string();
    write(file + ".up.sql", target.draft.change.up);
    write(file + ".down.sql", target.draft.change.down);
  }
  for (const Target& target : targets) print_left(target);
  std::puts("Review them, check them with ashlar migrate lint, then build, and run: ashlar migrate up");
  return exit_ok;
}

}  // namespace ashlar::cli
