// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/raw.hpp"

#include <span>
#include <string>
#include <type_traits>
#include <vector>

// Hand-written SQL with a name, the types of its parameters and the type of its rows. A test checks it against the
// database, and so finds errors that raw() reports only when it runs, such as a renamed column.
//
//   inline constexpr sql::RawStatement<UserRow(std::string)> user_by_email(
//       "select id, email from users where lower(email) = $1");
//   auto user = co_await user_by_email(email).one(db);          // like raw<UserRow>(...)
//
//   EXPECT_EQ(statement_faults(db, user_by_email), std::vector<std::string>{});     // on a migrated database
//
// RawStatement<void(Uuid)> returns no rows: co_await touch_session(db, id).
namespace ashlar::sql {

namespace detail {
// Differences between the database's description of a statement and its C++ types; `row` is null when there are no
// rows.
std::vector<std::string> statement_faults(Database& database, std::string_view sql, const schema::Type* row,
                                          std::span<const schema::Type* const> parameters);
}  // namespace detail

template <class Signature>
class RawStatement;

template <class T, class... Parameters>
class RawStatement<T(Parameters...)> {
 public:
  explicit consteval RawStatement(const char* literal) : text_(literal) {}

  [[nodiscard]] RawQuery<T> operator()(const Parameters&... parameters) const
    requires(!std::is_void_v<T>)
  {
    return raw<T>(RawSql::trusted(text_), parameters...);
  }
  [[nodiscard]] Task<Result<Outcome>> operator()(Executor& executor, const Parameters&... parameters) const
    requires std::is_void_v<T>
  {
    return execute(executor, RawSql::trusted(text_), parameters...);
  }

  [[nodiscard]] std::string_view text() const { return text_; }

  // The statement is prepared but not run. Checked are its syntax, its names, the number and types of its parameters,
  // and for each member of the row a column of a suitable type. It lists its columns, without `*`. SQLite reports no
  // types of parameters or expressions. Empty: no differences. Blocks.
  friend std::vector<std::string> statement_faults(Database& database, const RawStatement& statement) {
    const std::vector<const schema::Type*> parameters{&schema::type_of<Parameters>()...};
    const schema::Type* row = nullptr;
    if constexpr (!std::is_void_v<T>) row = &schema::type_of<T>();
    return detail::statement_faults(database, statement.text_, row, parameters);
  }

 private:
  std::string_view text_;
};

}  // namespace ashlar::sql
