// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/select.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

// Reads one row by a unique column; the statement's text is generated once per thread.
//   auto user = co_await find<&User::id>(id).one(db);                  // Result<std::optional<User>>
//   auto name = co_await find<&User::email, UserName>(email).one(db);  // some columns only
namespace ashlar::sql {

template <auto Key, schema::DescribedStruct Out>
class Find {
 public:
  explicit Find(Value key) : key_(std::move(key)) {}

  [[nodiscard]] Task<Result<std::optional<Out>>> one(Executor& executor) && {
    return detail::first_row<Out>(executor, std::move(*this).statement(executor.dialect()));
  }
  [[nodiscard]] Statement statement(Dialect dialect) && {
    Statement out{.sql = text(dialect)};
    out.parameters.push_back(std::move(key_));
    return out;
  }

 private:
  static const std::string& text(Dialect dialect) {
    // One per thread, so that no lock is needed; a program uses one or two dialects.
    thread_local std::vector<std::pair<Dialect, std::string>> texts;
    for (const auto& [known, text] : texts) {
      if (known == dialect) return text;
    }
    return texts.emplace_back(dialect, write(dialect)).second;
  }
  static std::string write(Dialect dialect) {
    const detail::SelectParts parts{
        .table = table_name<detail::StructOf<Key>>,
        .condition = ConditionTree::compare(Comparison::equal, Column<Key>::column_name(), Value{})};
    return parts.first(dialect, detail::columns_of<Out>()).sql;
  }

  Value key_;
};

template <auto Key, schema::DescribedStruct Out = detail::StructOf<Key>, class V>
[[nodiscard]] Find<Key, Out> find(const V& value) {
  static_assert(Table<detail::StructOf<Key>>, "a column's struct needs ASHLAR_TABLE");
  static_assert(detail::is_part_of<detail::StructOf<Key>, Out>(),
                "a member of the smaller struct is not a column of the table, or has another type");
  return Find<Key, Out>(detail::value_for<detail::ValueOf<Key>>(value));
}

}  // namespace ashlar::sql
