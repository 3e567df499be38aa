// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/detail/fetch.hpp"

#include <optional>
#include <vector>

namespace ashlar::sql {

// Hand-written SQL. The text is a literal, so no input of a client can be part of it; values are parameters. Use
// trusted() for a text that the program assembles from its own parts.
class RawSql {
 public:
  consteval RawSql(const char* literal) : text_(literal) {}  // NOLINT(google-explicit-constructor): takes literals
  static RawSql trusted(std::string_view text) { return RawSql(text, 0); }
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  constexpr RawSql(std::string_view text, int) : text_(text) {}
  std::string_view text_;
};

// T is a described struct, whose members are matched to columns by name, or the type of the only column:
//   auto totals = co_await raw<CategoryTotal>("select category, sum(stock) as stock from products group by 1").all(db);
//   auto stock = co_await raw<std::int64_t>("select stock from products where id = $1", id).one(db);
template <class T>
class RawQuery {
 public:
  explicit RawQuery(Statement statement) : statement_(std::move(statement)) {}

  [[nodiscard]] Task<Result<std::vector<T>>> all(Executor& executor) const {
    return detail::all_any<T>(executor, statement_);
  }
  [[nodiscard]] Task<Result<std::optional<T>>> one(Executor& executor) const {
    return detail::first_any<T>(executor, statement_);
  }
  // Marks it as a write: insert ... returning.
  [[nodiscard]] RawQuery writing() && {
    statement_.mode = Mode::write;
    return std::move(*this);
  }

 private:
  Statement statement_;
};

template <class T, class... Parameters>
[[nodiscard]] RawQuery<T> raw(RawSql sql, const Parameters&... parameters) {
  Statement statement{.sql = std::string(sql.text())};
  (statement.parameters.push_back(to_value(parameters)), ...);
  return RawQuery<T>(std::move(statement));
}

// A write that returns no rows: co_await execute(db, "update ... where id = $1", id);
template <class... Parameters>
[[nodiscard]] Task<Result<Outcome>> execute(Executor& executor, RawSql sql, const Parameters&... parameters) {
  Statement statement{.sql = std::string(sql.text()), .mode = Mode::write};
  (statement.parameters.push_back(to_value(parameters)), ...);
  return executor.execute(std::move(statement));
}

}  // namespace ashlar::sql
