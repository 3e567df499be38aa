// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/detail/sql_cursor.hpp"

#include <cstdint>
#include <string>
#include <vector>

// What the text of a CREATE TABLE or ALTER TABLE says of columns and constraints.
namespace ashlar::sql::detail {

enum class Nullability : std::uint8_t { nullable, not_null };
enum class DefaultValue : std::uint8_t {
  none,
  constant,  // PostgreSQL computes it once for all rows
  volatile_  // it may differ from row to row, or is not known to be constant
};

struct ConstraintText {
  enum class Kind : std::uint8_t { primary_key, unique, check, foreign_key, exclude };
  enum class Validation : std::uint8_t { now, later };  // later: NOT VALID
  enum class Index : std::uint8_t { made, existing };   // existing: USING INDEX
  Kind kind = Kind::check;
  std::string name;  // as given, or the one that PostgreSQL gives
  std::vector<std::string> columns;
  std::string condition;   // of a check
  std::string referenced;  // the table of a foreign key
  Validation validation = Validation::now;
  Index index = Index::made;
};

struct ColumnText {
  std::string name;
  std::string type;  // "numeric ( 10 , 2 )"
  Nullability nullability = Nullability::nullable;
  DefaultValue default_value = DefaultValue::none;
  enum class Generated : std::uint8_t { no, stored, virtual_, identity } generated = Generated::no;
  std::vector<ConstraintText> constraints;  // those written with the column
};

struct TableText {
  std::vector<ColumnText> columns;
  std::vector<ConstraintText> constraints;  // of the table and of its columns
};

// A column from its name on.
ColumnText read_column(const std::string& table, SqlCursor& cursor);
// Whether a constraint of a table begins here, not a column.
bool at_table_constraint(const SqlCursor& cursor);
ConstraintText read_table_constraint(const std::string& table, SqlCursor& cursor);
// What is in the parentheses of a CREATE TABLE.
TableText read_table_body(const std::string& table, std::span<const SqlToken> body);

}  // namespace ashlar::sql::detail
