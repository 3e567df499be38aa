// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/sql/migrations.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

// The tables that this binary works with: the steps in backend/migrations. Everything here blocks: for start-up and the
// command line.
namespace ashlar::backend {

// Made by the build from backend/migrations.
[[nodiscard]] std::span<const sql::Migration> migrations(sql::Dialect dialect);

[[nodiscard]] sql::Migrator migrator(sql::Database& database, const Clock& clock, sql::MigratorOptions options = {});

// What stands between this binary and the database.
struct SchemaMismatch {
  enum class Kind : std::uint8_t {
    behind,    // steps are pending
    conflict,  // it is newer than this binary, or a step is not the one that was applied
  } kind;
  std::string sentence;
};
// nullopt when the database has just the steps that this binary knows.
[[nodiscard]] Result<std::optional<SchemaMismatch>> schema_mismatch(sql::Database& database, const Clock& clock);

// Applies what is pending. Returns how many steps that were.
Result<std::size_t> migrate_up(sql::Database& database, const Clock& clock);

}  // namespace ashlar::backend
