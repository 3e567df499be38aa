// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/sql/migrations.hpp"

#include <cstddef>
#include <string>

// The tables that this binary works with: the steps in backend/migrations. Everything here blocks: for start-up and the
// command line.
namespace ashlar::backend {

[[nodiscard]] sql::Migrator migrator(sql::Database& database, const Clock& clock);

// Empty when the database has just the steps that this binary knows; else a sentence that says what is between them.
[[nodiscard]] Result<std::string> schema_complaint(sql::Database& database, const Clock& clock);

// Applies what is pending. Returns how many steps that were.
Result<std::size_t> migrate_up(sql::Database& database, const Clock& clock);

}  // namespace ashlar::backend
