// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/detail/errors.hpp"

#include "ashlar/sql/database.hpp"

#include <sqlite3.h>

#include <chrono>
#include <string>

namespace ashlar::sql::sqlite::detail {
namespace {

constexpr std::size_t sql_shown_max = 500;  // bytes of a statement in a cause

// "UNIQUE constraint failed: users.email" -> "users.email"; "...: index 'users_name'" -> "users_name".
std::string subject_of(std::string_view message) {
  const auto colon = message.find(": ");
  std::string_view subject = colon == std::string_view::npos ? message : message.substr(colon + 2);
  constexpr std::string_view index = "index '";
  if (subject.starts_with(index) && subject.ends_with('\'')) {
    subject = subject.substr(index.size(), subject.size() - index.size() - 1);
  }
  return std::string(subject);
}

Error constraint_error(int code, std::string_view message) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return Error(errors::unique, "This exists already.").with_cause(subject_of(message));
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return Error(errors::foreign_key, "This refers to something that does not exist, or something refers to it.")
          .with_cause(std::string(message));
    case SQLITE_CONSTRAINT_NOTNULL:
      return Error(errors::not_null, "A value is missing.").with_cause(subject_of(message));
    case SQLITE_CONSTRAINT_DATATYPE:
      return failed(std::string(message));
    default:
      return Error(errors::check, "A value breaks a rule of the data.").with_cause(subject_of(message));
  }
}

}  // namespace

Error unavailable(std::string cause) {
  return Error(errors::unavailable, "The database is not available right now.")
      .with_retry_after(std::chrono::seconds(1))
      .with_cause(std::move(cause));
}

Error failed(std::string cause) {
  return Error(errors::failed, "The database refused a statement.").with_cause(std::move(cause));
}

Error error_of(sqlite3* connection, std::string_view sql) {
  const int code = sqlite3_extended_errcode(connection);
  const char* message = sqlite3_errmsg(connection);
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return constraint_error(code, message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
      return unavailable(std::string(message) + " (" + std::to_string(code) + ")");
    case SQLITE_INTERRUPT:
      return Error(errors::timed_out, "The database took too long.")
          .with_cause(std::string(sql.substr(0, sql_shown_max)));
    default:
      return failed(std::string(message) + " (" + std::to_string(code) +
                    "): " + std::string(sql.substr(0, sql_shown_max)));
  }
}

}  // namespace ashlar::sql::sqlite::detail
