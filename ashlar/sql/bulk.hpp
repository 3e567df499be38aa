// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"
#include "ashlar/sql/database.hpp"

#include <span>

// Inserts a large number of rows of one table, all or none:
//
//   auto done = co_await bulk_insert<User>(db, users);
//   auto done = co_await bulk_insert_into<User, NewUser>(tx, new_users);  // other columns get the table's defaults
//
// PostgreSQL receives the rows by COPY in its binary format. SQLite, and a table with a column that has no binary
// encoding here (a date, a numeric, a text member in a column of another type), receives the statements of insert_many
// in one transaction. Rows are encoded while they are sent, in blocks of 64 KiB or 512 rows, so memory holds no second
// copy of all rows. The time limits are those of a statement and of a transaction.
//
// Errors: those of insert_many, with the same codes; database.failed for more than bulk_rows_max rows, and for a table
// with row-level security, which COPY does not support. Rules (CREATE RULE) are not applied; triggers are.
//
// The rows are not copied: they outlive the task.
namespace ashlar::sql {

inline constexpr std::size_t bulk_rows_max = 1'000'000;  // for more, use several calls in one transaction

namespace detail {

Task<Result<Outcome>> bulk_insert(Executor& executor, BulkRows rows);
// Like insert_many, without a transaction of its own.
Task<Result<Outcome>> insert_in_statements(Executor& executor, BulkRows rows);

}  // namespace detail

template <Table T, schema::DescribedStruct Part>
[[nodiscard]] Task<Result<Outcome>> bulk_insert_into(Executor& executor, std::span<const Part> rows) {
  static_assert(detail::is_part_of<T, Part>(), "a member is not a column of the table, or has another type");
  return detail::bulk_insert(executor, {.table = table_name<T>,
                                        .type = &schema::type_of<Part>(),
                                        .first = rows.data(),
                                        .bytes_each = sizeof(Part),
                                        .count = rows.size()});
}

template <Table T>
[[nodiscard]] Task<Result<Outcome>> bulk_insert(Executor& executor, std::span<const T> rows) {
  return bulk_insert_into<T, T>(executor, rows);
}

}  // namespace ashlar::sql
