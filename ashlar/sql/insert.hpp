// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"
#include "ashlar/sql/detail/fetch.hpp"

#include <algorithm>
#include <concepts>
#include <optional>
#include <ranges>
#include <vector>

// New rows:
//
//   co_await insert(user).run(db);
//   co_await insert_many(users).run(db);                       // few statements, atomic
//   auto user = co_await insert_into<User>(NewUser{...}).returning_one(db);   // other columns get defaults
//
// and what happens when a row's key exists:
//
//   co_await insert(user).on_conflict<&User::email>().do_nothing().run(db);          // see rows_affected
//   co_await insert(user).on_conflict<&User::email>().replace_all().run(db);
//   co_await insert(hit).on_conflict<&Hit::page>().set(col<&Hit::count> += 1).returning_one(db);
//   co_await insert(item).on_conflict<&Item::id>()
//       .where(col<&Item::seen_at> < inserted<&Item::seen_at>)  // otherwise the old row stays
//       .replace<&Item::price, &Item::seen_at>().run(db);
//
// The columns after on_conflict are those of one unique index. When an insert changes existing rows, it must not
// contain the same key twice: PostgreSQL refuses that.
namespace ashlar::sql {

namespace detail {

struct Conflict {
  enum class Action : unsigned char { none, nothing, update } action{};
  std::vector<std::string_view> columns{};  // none: any conflict
  std::vector<AssignmentTerm> assignments{};
  ConditionTree condition{};
};

struct InsertParts {
  std::string_view table;
  std::string_view columns;
  std::size_t width = 0;        // number of columns
  std::string_view one_row{};   // the text for one row, when nothing follows it
  std::vector<Value> values{};  // of all rows, one after another
  Conflict conflict{};

  // Each has at most 512 rows and 4,096 values; the number of different texts is small.
  [[nodiscard]] std::vector<Statement> statements(Dialect dialect, std::string_view returning) const&;
  [[nodiscard]] std::vector<Statement> statements(Dialect dialect, std::string_view returning) &&;
};

std::string one_row_text(std::string_view table, std::string_view columns, std::size_t width);

using RowReader = std::function<void(const Row&)>;
Task<Result<Outcome>> insert_all(Executor& executor, std::vector<Statement> statements, RowReader on_row);

template <class T>
Task<Result<std::vector<T>>> inserted_rows(Executor& executor, std::vector<Statement> statements) {
  std::vector<T> rows;
  auto done = co_await insert_all(executor, std::move(statements), [&rows](const Row& row) {
    read_by_position(row, schema::type_of<T>(), &rows.emplace_back());
  });
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return rows;
}

}  // namespace detail

template <Table T>
class OnConflict;

// Rows to insert into a table.
template <Table T>
class Insert {
 public:
  explicit Insert(detail::InsertParts parts) : parts_(std::move(parts)) {}

  // For rows whose values in these columns exist already. on_conflict<>(): in any unique index.
  template <auto... Columns>
  [[nodiscard]] OnConflict<T> on_conflict() && {
    static_assert((std::same_as<T, detail::StructOf<Columns>> && ...), "the column belongs to another table");
    parts_.conflict.columns = {Column<Columns>::name...};
    return OnConflict<T>(std::move(parts_));
  }

  template <class Self>
  [[nodiscard]] Task<Result<Outcome>> run(this Self&& self, Executor& executor) {
    return detail::insert_all(executor, std::forward<Self>(self).parts_.statements(executor.dialect(), {}), {});
  }
  // The rows as stored; rows that a conflict left unchanged are not among them.
  template <schema::DescribedStruct Out = T>
  [[nodiscard]] Task<Result<std::vector<Out>>> returning_all(Executor& executor) const {
    static_assert(detail::is_part_of<T, Out>(), "a member is not a column of the table, or has another type");
    return detail::inserted_rows<Out>(executor, parts_.statements(executor.dialect(), detail::columns_of<Out>()));
  }
  template <schema::DescribedStruct Out = T>
  [[nodiscard]] Task<Result<std::optional<Out>>> returning_one(Executor& executor) const {
    static_assert(detail::is_part_of<T, Out>(), "a member is not a column of the table, or has another type");
    return detail::first_row<Out>(executor, parts_.statements(executor.dialect(), detail::columns_of<Out>()).at(0));
  }
  [[nodiscard]] std::vector<Statement> statements(Dialect dialect) const { return parts_.statements(dialect, {}); }

 private:
  detail::InsertParts parts_;
};

template <Table T>
class OnConflict {
 public:
  explicit OnConflict(detail::InsertParts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] Insert<T> do_nothing() && { return with(detail::Conflict::Action::nothing); }
  // Before set() and the like: selects which existing rows are changed.
  [[nodiscard]] OnConflict where(Condition<T> condition) && {
    auto& all = parts_.conflict.condition;
    all = ConditionTree::both(std::move(all), std::move(condition).tree());
    return std::move(*this);
  }
  template <std::same_as<Assignment<T>>... A>
  [[nodiscard]] Insert<T> set(A... assignments) && {
    static_assert(sizeof...(A) > 0, "nothing to set: use do_nothing()");
    (parts_.conflict.assignments.push_back(std::move(assignments)), ...);
    return with(detail::Conflict::Action::update);
  }
  // These columns get the values of the row to insert.
  template <auto... Columns>
  [[nodiscard]] Insert<T> replace() && {
    return std::move(*this).set((col<Columns> = inserted<Columns>)...);
  }
  // All columns except those of on_conflict get them.
  [[nodiscard]] Insert<T> replace_all() && {
    const auto& key = parts_.conflict.columns;
    for (const auto& member : schema::type_of<T>().members) {
      if (std::ranges::find(key, member.name) != key.end()) continue;
      parts_.conflict.assignments.push_back(
          {.source = AssignmentTerm::Source::inserted, .column = member.name, .other = member.name});
    }
    return with(detail::Conflict::Action::update);
  }

 private:
  Insert<T> with(detail::Conflict::Action action) {
    parts_.conflict.action = action;
    return Insert<T>(std::move(parts_));
  }
  detail::InsertParts parts_;
};

// Some columns of T; the others get the table's defaults.
template <Table T, schema::DescribedStruct Part, std::ranges::input_range Rows>
  requires std::same_as<std::ranges::range_value_t<Rows>, Part>
[[nodiscard]] Insert<T> insert_parts(const Rows& rows) {
  static_assert(detail::is_part_of<T, Part>(), "a member is not a column of the table, or has another type");
  const auto& type = schema::type_of<Part>();
  static const std::string one_row =
      detail::one_row_text(table_name<T>, detail::columns_of<Part>(), type.members.size());
  detail::InsertParts parts{
      .table = table_name<T>, .columns = detail::columns_of<Part>(), .width = type.members.size(), .one_row = one_row};
  if constexpr (std::ranges::sized_range<Rows>) parts.values.reserve(std::ranges::size(rows) * parts.width);
  for (const Part& row : rows) detail::append_values(type, &row, parts.values);
  return Insert<T>(std::move(parts));
}

template <Table T, schema::DescribedStruct Part>
[[nodiscard]] Insert<T> insert_into(const Part& row) {
  return insert_parts<T, Part>(std::ranges::subrange(&row, &row + 1));
}
template <Table T, schema::DescribedStruct Part>
[[nodiscard]] Insert<T> insert_many_into(const std::vector<Part>& rows) {
  return insert_parts<T, Part>(rows);
}
template <Table T>
[[nodiscard]] Insert<T> insert(const T& row) {
  return insert_into<T>(row);
}
template <Table T>
[[nodiscard]] Insert<T> insert_many(const std::vector<T>& rows) {
  return insert_parts<T, T>(rows);
}

}  // namespace ashlar::sql
