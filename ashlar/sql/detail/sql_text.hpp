// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

// SQL text of schemas: read from a database and written into migrations.
namespace ashlar::sql::detail {

// Quoted when one of the databases requires it.
std::string written_name(std::string_view name);

// In lower case except inside quotes.
std::string in_lower_case(std::string_view sql);

// SQLite stores a schema as it was written. Normalises it: no comments, lower case, single spaces, and quotes only
// where a name needs them, so that equivalent texts become equal.
std::string plain_sql(std::string_view sql);

// The expressions of the CHECK constraints in a CREATE TABLE, in order: "check (age between 0 and 150)".
std::vector<std::string> check_constraints(std::string_view create_table);

// The text after the table in a CREATE INDEX: "(created_at, id) where ...".
std::string index_definition(std::string_view create_index);

// Whether an item of its select list is `*` or `t.*`; count(*) does not count.
bool selects_all_columns(std::string_view sql);

// Whether a word occurs in it, on its own and outside quotes.
bool mentions(std::string_view sql, std::string_view word);

}  // namespace ashlar::sql::detail
