// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"
#include "ashlar/sql/detail/fetch.hpp"
#include "ashlar/sql/modify.hpp"  // IWYU pragma: export
#include "ashlar/sql/raw.hpp"     // IWYU pragma: export
#include "ashlar/sql/sort.hpp"    // IWYU pragma: export

#include <concepts>
#include <functional>
#include <optional>
#include <vector>

// Typed queries. A query is a value: it is put together, and sent to an Executor (a Database or a Transaction) at the
// end, once or more often. What is sent is made of column names and parameters; a value is never part of the text.
//
//   auto rows = co_await from<User>()
//                   .where(col<&User::role> == Role::user)
//                   .where_if(in.min_age, [](auto age) { return col<&User::age> >= age; })
//                   .order_by(in.sort, asc<&User::id>)
//                   .page(in.page, in.limit)
//                   .all(db);                                       // Result<std::vector<User>>
//   auto user = co_await from<User>().where(col<&User::id> == id).one(db);   // Result<std::optional<User>>
//
// Inserts, updates and deletes are in modify.hpp, SQL by hand in raw.hpp, columns and conditions in column.hpp.
// The executor must live until the task has ended.
namespace ashlar::sql {

namespace detail {
// What all queries over one table are, whatever their struct. (query.cpp)
struct SelectParts {
  std::string_view table;
  ConditionTree condition;
  std::vector<OrderTerm> orders;
  std::optional<std::int64_t> limit;
  std::int64_t offset = 0;

  [[nodiscard]] Statement rows(Dialect dialect, std::string_view columns) const;
  [[nodiscard]] Statement first(Dialect dialect, std::string_view columns) const;
  [[nodiscard]] Statement count(Dialect dialect) const;
  [[nodiscard]] Statement exists(Dialect dialect) const;
  void set_page(std::int64_t page, std::int64_t rows);
};
}  // namespace detail

// A list with the number of all rows that its conditions allow.
template <class T>
struct Page {
  std::vector<T> rows;
  std::int64_t total = 0;
};

template <Table T, schema::DescribedStruct Out = T>
class Select {
 public:
  Select() { parts_.table = table_name<T>; }

  // Each where() must hold.
  Select& where(Condition<T> condition) & {
    parts_.condition = ConditionTree::both(std::move(parts_.condition), condition.tree());
    return *this;
  }
  Select&& where(Condition<T> condition) && { return std::move(where(std::move(condition))); }

  // Only when there is a value: `make(value)` gives the condition.
  template <class V, class Make>
  Select& where_if(const std::optional<V>& value, Make make) & {
    if (value) where(make(*value));
    return *this;
  }
  template <class V, class Make>
  Select&& where_if(const std::optional<V>& value, Make make) && {
    return std::move(where_if(value, std::move(make)));
  }

  // The first decides, then the second, ...; a Sort can stand among them.
  Select& order_by(std::convertible_to<Order<T>> auto const&... orders) & {
    (parts_.orders.push_back(static_cast<Order<T>>(orders)), ...);
    return *this;
  }
  Select&& order_by(std::convertible_to<Order<T>> auto const&... orders) && { return std::move(order_by(orders...)); }

  // The n-th page, from 1, of so many rows. Numbers, Ints or Defaulted ones.
  template <class P, class L>
  Select& page(const P& page, const L& rows) & {
    parts_.set_page(detail::integer_of(page), detail::integer_of(rows));
    return *this;
  }
  template <class P, class L>
  Select&& page(const P& page, const L& rows) && {
    return std::move(this->page(page, rows));
  }
  Select& limit(std::int64_t rows) & {
    parts_.limit = rows;
    return *this;
  }
  Select&& limit(std::int64_t rows) && { return std::move(limit(rows)); }

  [[nodiscard]] Task<Result<std::vector<Out>>> all(Executor& executor) const {
    return detail::all_rows<Out>(executor, parts_.rows(executor.dialect(), detail::columns_of<Out>()));
  }
  // The first row, if there is one.
  [[nodiscard]] Task<Result<std::optional<Out>>> one(Executor& executor) const {
    return detail::first_row<Out>(executor, parts_.first(executor.dialect(), detail::columns_of<Out>()));
  }
  // How many rows the conditions allow; order and page play no part in it.
  [[nodiscard]] Task<Result<std::int64_t>> count(Executor& executor) const {
    return detail::one_integer(executor, parts_.count(executor.dialect()));
  }
  [[nodiscard]] Task<Result<bool>> exists(Executor& executor) const {
    return detail::one_bool(executor, parts_.exists(executor.dialect()));
  }
  // The page and the count. Two reads: a row written between them is in one only.
  [[nodiscard]] Task<Result<Page<Out>>> all_and_count(Executor& executor) const {
    return rows_and_total(executor, parts_.rows(executor.dialect(), detail::columns_of<Out>()),
                          parts_.count(executor.dialect()));
  }

  // What all() sends, for tests and logs.
  [[nodiscard]] Statement statement(Dialect dialect) const { return parts_.rows(dialect, detail::columns_of<Out>()); }

 private:
  static Task<Result<Page<Out>>> rows_and_total(Executor& executor, Statement rows, Statement total) {
    Page<Out> out;
    auto read = co_await detail::all_rows<Out>(executor, std::move(rows));
    if (!read) co_return std::unexpected(std::move(read.error()));
    auto counted = co_await detail::one_integer(executor, std::move(total));
    if (!counted) co_return std::unexpected(std::move(counted.error()));
    out.rows = std::move(*read);
    out.total = *counted;
    co_return out;
  }

  detail::SelectParts parts_;
};

template <Table T>
[[nodiscard]] Select<T> from() {
  return {};
}

// Some columns only, into a smaller struct whose members have the names and types of the table's:
//   select<UserSummary>().from<User>()
template <schema::DescribedStruct Out>
struct Projection {
  template <Table T>
  [[nodiscard]] Select<T, Out> from() const {
    static_assert(detail::is_part_of<T, Out>(),
                  "a member of the smaller struct is no column of the table, or of another type");
    return {};
  }
};

template <schema::DescribedStruct Out>
[[nodiscard]] Projection<Out> select() {
  return {};
}

}  // namespace ashlar::sql
