// SPDX-License-Identifier: Apache-2.0
#include "backend/schema_version.hpp"

#include <span>

namespace ashlar::backend {

// Made by the build from backend/migrations.
std::span<const sql::Migration> migrations(sql::Dialect dialect);

sql::Migrator migrator(sql::Database& database, const Clock& clock) {
  return {database, migrations(database.dialect()), clock};
}

Result<std::string> schema_complaint(sql::Database& database, const Clock& clock) {
  auto pending = migrator(database, clock).pending();
  if (!pending) {
    if (pending.error().code() == sql::errors::migration_conflict) return pending.error().message();
    return std::unexpected(std::move(pending.error()));
  }
  if (pending->empty()) return std::string();
  return "the database is behind this binary by " + std::to_string(pending->size()) +
         " migration(s), the first of them " + pending->front()->label() + ".";
}

Result<std::size_t> migrate_up(sql::Database& database, const Clock& clock) {
  auto made = migrator(database, clock).up();
  if (!made) return std::unexpected(std::move(made.error()));
  return made->size();
}

}  // namespace ashlar::backend
