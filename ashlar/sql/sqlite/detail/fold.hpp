// SPDX-License-Identifier: Apache-2.0
#pragma once

struct sqlite3;

namespace ashlar::sql::sqlite::detail {

// Adds two SQL functions to the connection: ashlar_fold(text), the text in lower case by append_lower_case() of
// core/unicode.hpp, and ashlar_contains(text, part), whether the text contains `part`, ignoring case. The query builder
// compares lengths in characters, so one character never becomes two. Indexes are built on ashlar_fold(), so its result
// for a text must never change.
void add_case_folding(sqlite3* connection);

}  // namespace ashlar::sql::sqlite::detail
