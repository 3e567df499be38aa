// SPDX-License-Identifier: Apache-2.0
#pragma once

struct sqlite3;

namespace ashlar::sql::sqlite::detail {

// Adds two SQL functions to the connection: ashlar_fold(text), the text in lower case as append_lower_case() of
// core/unicode.hpp has it, and ashlar_contains(text, part), whether `part` is in the text without regard to case. The
// query builder compares lengths in characters, so one character never becomes two; and indexes are built on
// ashlar_fold(), so what it returns for a text must not change.
void add_case_folding(sqlite3* connection);

}  // namespace ashlar::sql::sqlite::detail
