// SPDX-License-Identifier: Apache-2.0
#include "backend/schema_version.hpp"

namespace ashlar::backend {

sql::Migrator migrator(sql::Database& database, const Clock& clock, sql::MigratorOptions options) {
  return {database, migrations(database.dialect()), clock, options};
}

Result<std::optional<SchemaMismatch>> schema_mismatch(sql::Database& database, const Clock& clock) {
  using Kind = SchemaMismatch::Kind;
  auto pending = migrator(database, clock).pending();
  if (!pending) {
    if (pending.error().code() == sql::errors::migration_conflict)
      return SchemaMismatch{.kind = Kind::conflict, .sentence = pending.error().message()};
    return std::unexpected(std::move(pending.error()));
  }
  if (pending->empty()) return std::nullopt;
  return SchemaMismatch{.kind = Kind::behind,
                        .sentence = "The database is behind this binary by " + std::to_string(pending->size()) +
                                    " migration(s), the first of them " + pending->front()->label() + "."};
}

Result<std::size_t> migrate_up(sql::Database& database, const Clock& clock) {
  auto made = migrator(database, clock).up();
  if (!made) return std::unexpected(std::move(made.error()));
  return made->size();
}

}  // namespace ashlar::backend
