// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

// SQL as text, for schemas: read back from a database and written into migrations.
namespace ashlar::sql::detail {

// With its quotes when it needs them in one of the databases.
std::string written_name(std::string_view name);

// In lower case but for what stands in quotes.
std::string in_lower_case(std::string_view sql);

// SQLite keeps a schema as it was written: without comments, in lower case, with single spaces, and with quotes only
// where a name needs them, two ways of writing it become one.
std::string plain_sql(std::string_view sql);

// The expressions of the CHECK constraints in a CREATE TABLE, in their order: "check (age between 0 and 150)".
std::vector<std::string> check_constraints(std::string_view create_table);

// What stands after the table in a CREATE INDEX: "(created_at, id) where ...".
std::string index_definition(std::string_view create_index);

// Whether a list of its columns is `*` or `t.*`; count(*) is none.
bool selects_all_columns(std::string_view sql);

// Whether a word stands in it, not as a part of another one, nor in quotes.
bool mentions(std::string_view sql, std::string_view word);

}  // namespace ashlar::sql::detail
