// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/detail/row.hpp"

#include <sqlite3.h>

#include <cmath>
#include <stdexcept>

namespace ashlar::sql::sqlite::detail {
namespace {

const char* type_name(int type) {
  switch (type) {
    case SQLITE_INTEGER:
      return "an integer";
    case SQLITE_FLOAT:
      return "a real number";
    case SQLITE_TEXT:
      return "text";
    case SQLITE_BLOB:
      return "bytes";
    default:
      return "NULL";
  }
}

std::string_view bytes_at(sqlite3_stmt* statement, int column) {
  // The pointer first, then the length, as SQLite requires. Empty values have no pointer.
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, column));
  return data == nullptr ? std::string_view("")
                         : std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

}  // namespace

StatementRow::StatementRow(sqlite3_stmt* statement)
    : statement_(statement), columns_(static_cast<std::size_t>(sqlite3_column_count(statement))) {}

int StatementRow::checked(std::size_t column) const {
  if (column < columns_) return static_cast<int>(column);
  throw std::logic_error("column " + std::to_string(column) + " of a row with " + std::to_string(columns_));
}

void StatementRow::refuse(std::size_t column, const char* wanted) const {
  const int type = sqlite3_column_type(statement_, static_cast<int>(column));
  throw std::logic_error("column " + std::string(name(column)) + " holds " + type_name(type) + ", and " + wanted +
                         " was asked for");
}

std::string_view StatementRow::name(std::size_t column) const {
  return sqlite3_column_name(statement_, checked(column));
}

bool StatementRow::is_null(std::size_t column) const {
  return sqlite3_column_type(statement_, checked(column)) == SQLITE_NULL;
}

bool StatementRow::boolean(std::size_t column) const {
  const int at = checked(column);
  if (sqlite3_column_type(statement_, at) != SQLITE_INTEGER) refuse(column, "a bool");
  const std::int64_t value = sqlite3_column_int64(statement_, at);
  if (value != 0 && value != 1) refuse(column, "a bool");
  return value == 1;
}

std::int64_t StatementRow::integer(std::size_t column) const {
  const int at = checked(column);
  if (sqlite3_column_type(statement_, at) != SQLITE_INTEGER) refuse(column, "an integer");
  return sqlite3_column_int64(statement_, at);
}

double StatementRow::number(std::size_t column) const {
  const int at = checked(column);
  const int type = sqlite3_column_type(statement_, at);
  if (type == SQLITE_FLOAT) return sqlite3_column_double(statement_, at);
  if (type != SQLITE_INTEGER) refuse(column, "a number");
  constexpr std::int64_t exact_max = std::int64_t{1} << 53;  // beyond it a double loses digits
  const std::int64_t value = sqlite3_column_int64(statement_, at);
  if (value > exact_max || value < -exact_max) refuse(column, "a number that a double can hold");
  return static_cast<double>(value);
}

std::string_view StatementRow::text(std::size_t column) const {
  const int at = checked(column);
  if (sqlite3_column_type(statement_, at) != SQLITE_TEXT) refuse(column, "text");
  return bytes_at(statement_, at);
}

std::string_view StatementRow::blob(std::size_t column) const {
  const int at = checked(column);
  if (sqlite3_column_type(statement_, at) != SQLITE_BLOB) refuse(column, "bytes");
  return bytes_at(statement_, at);
}

Uuid StatementRow::uuid(std::size_t column) const {
  const int at = checked(column);
  if (sqlite3_column_type(statement_, at) != SQLITE_TEXT) refuse(column, "a UUID");
  const auto id = Uuid::parse(bytes_at(statement_, at));
  if (!id) refuse(column, "a UUID");
  return *id;
}

Timestamp StatementRow::timestamp(std::size_t column) const {
  const std::int64_t milliseconds = integer(column);
  if (milliseconds < Timestamp::milliseconds_min || milliseconds > Timestamp::milliseconds_max) {
    refuse(column, "a moment of the years 1 to 9999");
  }
  return Timestamp::from_milliseconds(milliseconds);
}

}  // namespace ashlar::sql::sqlite::detail
