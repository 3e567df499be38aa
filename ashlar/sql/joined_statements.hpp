// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"

#include <vector>

// Several statements as one of PostgreSQL's, whose WITH can hold statements that write. Their texts are
// sql::insert()'s, with dollar signs in parameters only.
namespace ashlar::sql {

// with e0 as (insert ...), e1 as (insert ...) select 1
[[nodiscard]] Statement joined_inserts(std::vector<Statement> inserts);

// The write, and the inserts where it affects or returns a row: see Database::execute_with(). A write without on_row
// has no RETURNING.
[[nodiscard]] Statement written_with(Statement write, std::vector<Statement> inserts);

}  // namespace ashlar::sql
