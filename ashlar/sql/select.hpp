// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/clauses.hpp"
#include "ashlar/sql/detail/fetch.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ashlar::sql {

// A list with the total number of rows that its conditions select.
template <class T>
struct Page {
  std::vector<T> rows;
  std::int64_t total = 0;
};

namespace detail {
template <class T>
Task<Result<Page<T>>> rows_and_total(Executor& executor, Statement rows, Statement total, ReadRow read,
                                     std::size_t rows_expected) {
  Page<T> out;
  rows.on_row = [&out, read, rows_expected](const Row& row) {
    read(row, schema::type_of<T>(), &append(out.rows, rows_expected));
  };
  total.on_row = [&out](const Row& row) { out.total = row.integer(0); };
  auto done = co_await executor.execute_both(std::move(rows), std::move(total));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return out;
}

template <Table T, JoinKind Kind>
struct Joined;
}  // namespace detail

class Cursors;  // cursor.hpp
template <class T>
struct CursorPage;
using CursorText = Text<1, 4096>;
template <class Out, Table First, class... Joined>
class Join;  // join.hpp
template <class Out, class Tables, auto... Keys>
class Groups;  // aggregate.hpp
template <Table T, class Out, auto... Included>
class Including;  // include.hpp

// A read that locks its rows until the transaction ends, so it takes a transaction. In SQLite, whose transaction is the
// only writer, no other one can change a row that it has read, so the same code is a plain read there.
template <schema::DescribedStruct Out>
class LockingSelect {
 public:
  explicit LockingSelect(detail::SelectParts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] Task<Result<std::vector<Out>>> all(TransactionalExecutor& transaction) const {
    return detail::all_rows<Out>(transaction, statement(transaction.dialect()));
  }
  [[nodiscard]] Task<Result<std::optional<Out>>> one(TransactionalExecutor& transaction) const {
    return detail::first_row<Out>(transaction, parts_.first(transaction.dialect(), detail::columns_of<Out>()));
  }
  [[nodiscard]] Statement statement(Dialect dialect) const { return parts_.rows(dialect, detail::columns_of<Out>()); }

 private:
  detail::SelectParts parts_;
};

// Rows of one table: where, where_if, order_by, page and limit are in clauses.hpp.
template <Table T, schema::DescribedStruct Out = T>
class Select : public Clauses<T> {
 public:
  Select() : Clauses<T>({.table = table_name<T>}) {}

  // Distinct rows: select<CityName>().from<User>().distinct(). It can be ordered by selected columns.
  template <class Self>
  Self&& distinct(this Self&& self) {
    self.parts_.duplicates = detail::Duplicates::removed;
    return std::forward<Self>(self);
  }

  // Joined with the rows of other tables: join.hpp.
  template <Table B, class... On>
  [[nodiscard]] Join<Out, T, detail::Joined<B, detail::JoinKind::inner>> join(Condition<On...> on) &&;
  template <Table B, class... On>
  [[nodiscard]] Join<Out, T, detail::Joined<B, detail::JoinKind::left>> left_join(Condition<On...> on) &&;
  // With the related rows of each row, by another query: include.hpp.
  template <auto Member, class Relation>
  [[nodiscard]] Including<T, Out, Member> include(Relation relation) &&;
  // Aggregates over the rows: aggregate.hpp.
  template <auto... Keys>
  [[nodiscard]] Groups<Out, detail::TableList<T>, Keys...> group_by() &&;
  template <class... C>
  [[nodiscard]] auto compute(C... computed) &&;

  // FOR UPDATE: others wait to change or lock the rows until the transaction ends.
  [[nodiscard]] LockingSelect<Out> for_update(LockedRows others = LockedRows::wait) const {
    return locking(detail::Lock::update, others);
  }
  // FOR SHARE: the rows cannot be changed or removed; others may take the same lock.
  [[nodiscard]] LockingSelect<Out> for_share(LockedRows others = LockedRows::wait) const {
    return locking(detail::Lock::share, others);
  }

  [[nodiscard]] Task<Result<std::vector<Out>>> all(Executor& executor) const {
    return detail::all_rows<Out>(executor, statement(executor.dialect()), detail::read_by_position,
                                 this->parts_.rows_expected());
  }
  // The first row, if any.
  [[nodiscard]] Task<Result<std::optional<Out>>> one(Executor& executor) const {
    return detail::first_row<Out>(executor, this->parts_.first(executor.dialect(), columns()));
  }
  // How many rows satisfy the conditions; order and page are ignored.
  [[nodiscard]] Task<Result<std::int64_t>> count(Executor& executor) const {
    return detail::one_integer(executor, this->parts_.count(executor.dialect(), columns()));
  }
  [[nodiscard]] Task<Result<bool>> exists(Executor& executor) const {
    return detail::one_bool(executor, this->parts_.exists(executor.dialect()));
  }
  // The page and the count. Two reads: a row written between them is in one of them only.
  [[nodiscard]] Task<Result<Page<Out>>> all_and_count(Executor& executor) const {
    return detail::rows_and_total<Out>(executor, statement(executor.dialect()),
                                       this->parts_.count(executor.dialect(), columns()), detail::read_by_position,
                                       this->parts_.rows_expected());
  }
  // The next rows after the cursor, or the first ones; `Key` is a unique column: cursor.hpp.
  template <auto Key, class L>
  [[nodiscard]] Task<Result<CursorPage<Out>>> cursor_page(Executor& executor, const Cursors& cursors,
                                                          const std::optional<CursorText>& cursor,
                                                          const L& limit) const;

  // The statement of all(), for tests and logs.
  [[nodiscard]] Statement statement(Dialect dialect) const { return this->parts_.rows(dialect, columns()); }

 private:
  static const std::string& columns() {
    static_assert(detail::is_part_of<T, Out>(),
                  "a member of the smaller struct is not a column of the table, or has another type");
    return detail::columns_of<Out>();
  }
  [[nodiscard]] LockingSelect<Out> locking(detail::Lock strength, LockedRows others) const {
    static_assert(detail::is_part_of<T, Out>(),
                  "a member of the smaller struct is not a column of the table, or has another type");
    auto parts = this->parts_;
    parts.set_lock(strength, others);
    return LockingSelect<Out>(std::move(parts));
  }
};

template <Table T>
[[nodiscard]] Select<T> from() {
  return {};
}

// Selects into another struct than the table's: a smaller one whose members have the names and types of the table's,
//   select<UserSummary>().from<User>()
// one that nests the rows of several tables (join.hpp), or one of aggregates (aggregate.hpp).
template <schema::DescribedStruct Out>
struct Projection {
  template <Table T>
  [[nodiscard]] Select<T, Out> from() const {
    return {};
  }
};

template <schema::DescribedStruct Out>
[[nodiscard]] Projection<Out> select() {
  return {};
}

}  // namespace ashlar::sql
