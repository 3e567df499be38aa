// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"

#include <vector>

// Several statements as one of PostgreSQL's, whose WITH can hold statements that write. Their texts are
// sql::insert()'s, with dollar signs in parameters only.
namespace ashlar::sql {

// Inserts of equal text, `insert into t (...) values ($1, ...)`, become one statement that inserts their rows in this
// order, of at most rows_per_insert_max rows. Statements with rows of one table stay in order as well. For any dialect.
inline constexpr std::size_t rows_per_insert_max = 16;  // each number of rows is a statement text of its own
[[nodiscard]] std::vector<Statement> merged_inserts(std::vector<Statement> inserts);

// with e0 as (insert ...), e1 as (insert ...) select 1. PostgreSQL does not define in which order it executes them.
[[nodiscard]] Statement joined_inserts(std::vector<Statement> inserts);

// The inserts in as few statements as possible, nearly always one. The parts of one statement execute in any order, so
// only the last insert into each table is part of the joined one; the earlier ones precede it.
[[nodiscard]] std::vector<Statement> joined_in_order(std::vector<Statement> inserts);

// The write, and the inserts where it affects or returns a row: see Database::execute_with(). A write without on_row
// has no RETURNING.
[[nodiscard]] Statement written_with(Statement write, std::vector<Statement> inserts);

}  // namespace ashlar::sql
