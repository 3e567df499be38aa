// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/detail/fetch.hpp"
#include "ashlar/sql/detail/select_parts.hpp"

#include <optional>
#include <vector>

namespace ashlar::sql {

// A list with the number of all rows that its conditions allow.
template <class T>
struct Page {
  std::vector<T> rows;
  std::int64_t total = 0;
};

// A read that locks its rows until the transaction ends, so it takes a transaction. SQLite has one writer, which a
// Transaction is: there nobody else can change a row that it has read, nothing is ever locked by another, and the same
// code is a plain read.
template <schema::DescribedStruct Out>
class LockingSelect {
 public:
  explicit LockingSelect(detail::SelectParts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] Task<Result<std::vector<Out>>> all(Transaction& transaction) const {
    return detail::all_rows<Out>(transaction, statement(transaction.dialect()));
  }
  [[nodiscard]] Task<Result<std::optional<Out>>> one(Transaction& transaction) const {
    return detail::first_row<Out>(transaction, parts_.first(transaction.dialect(), detail::columns_of<Out>()));
  }
  [[nodiscard]] Statement statement(Dialect dialect) const { return parts_.rows(dialect, detail::columns_of<Out>()); }

 private:
  detail::SelectParts parts_;
};

// Rows of one table. Its clauses (where, where_if, order_by, page, limit) are in detail/select_parts.hpp.
template <Table T, schema::DescribedStruct Out = T>
class Select : public detail::Clauses<T> {
 public:
  Select() { this->parts_.table = table_name<T>; }

  // Rows that are alike once only: select<CityName>().from<User>().distinct(). It can be ordered by what is selected.
  template <class Self>
  Self&& distinct(this Self&& self) {
    self.parts_.duplicates = detail::Duplicates::removed;
    return std::forward<Self>(self);
  }
  // For changing the rows next: others wait to change or lock them, until the transaction ends.
  [[nodiscard]] LockingSelect<Out> for_update(LockedRows others = LockedRows::wait) const {
    return locking(detail::Lock::update, others);
  }
  // Against their being changed or removed: others may lock them so, too.
  [[nodiscard]] LockingSelect<Out> for_share(LockedRows others = LockedRows::wait) const {
    return locking(detail::Lock::share, others);
  }

  [[nodiscard]] Task<Result<std::vector<Out>>> all(Executor& executor) const {
    return detail::all_rows<Out>(executor, statement(executor.dialect()));
  }
  // The first row, if there is one.
  [[nodiscard]] Task<Result<std::optional<Out>>> one(Executor& executor) const {
    return detail::first_row<Out>(executor, this->parts_.first(executor.dialect(), detail::columns_of<Out>()));
  }
  // How many rows the conditions allow; order and page play no part in it.
  [[nodiscard]] Task<Result<std::int64_t>> count(Executor& executor) const {
    return detail::one_integer(executor, this->parts_.count(executor.dialect(), detail::columns_of<Out>()));
  }
  [[nodiscard]] Task<Result<bool>> exists(Executor& executor) const {
    return detail::one_bool(executor, this->parts_.exists(executor.dialect()));
  }
  // The page and the count. Two reads: a row written between them is in one only.
  [[nodiscard]] Task<Result<Page<Out>>> all_and_count(Executor& executor) const {
    return rows_and_total(executor, statement(executor.dialect()),
                          this->parts_.count(executor.dialect(), detail::columns_of<Out>()));
  }

  // What all() sends, for tests and logs.
  [[nodiscard]] Statement statement(Dialect dialect) const {
    return this->parts_.rows(dialect, detail::columns_of<Out>());
  }

 private:
  [[nodiscard]] LockingSelect<Out> locking(detail::Lock strength, LockedRows others) const {
    auto parts = this->parts_;
    parts.set_lock(strength, others);
    return LockingSelect<Out>(std::move(parts));
  }
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
