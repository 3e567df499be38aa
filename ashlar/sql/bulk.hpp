// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"
#include "ashlar/sql/database.hpp"

#include <span>

// Very many rows of one table at once, all or none:
//
//   auto done = co_await bulk_insert<User>(db, users);
//   auto done = co_await bulk_insert_into<User, NewUser>(tx, new_users);  // the rest by the table's defaults
//
// In PostgreSQL they go by COPY, in its binary form; a table with a column that we cannot write so (a date, a numeric,
// a text member in a column that is no text), and SQLite, take the statements of insert_many, in one transaction. Rows
// are made ready while they are sent, 64 KiB of them at a time or 512 rows, so that there is no second copy
// of all of them in memory. The time limits are those of a statement and of a transaction.
//
// Errors: those of insert_many, with the same codes; database.failed for more than bulk_rows_max, and for a table with
// row-level security, which COPY does not know. Rules (CREATE RULE) are not followed; triggers are.
//
// The rows are not copied: they outlive the task.
namespace ashlar::sql {

inline constexpr std::size_t bulk_rows_max = 1'000'000;  // more: several calls in one transaction

namespace detail {

Task<Result<Outcome>> bulk_insert(Executor& executor, BulkRows rows);
// As insert_many does, without a transaction of its own.
Task<Result<Outcome>> insert_in_statements(Executor& executor, BulkRows rows);

}  // namespace detail

template <Table T, schema::DescribedStruct Part>
[[nodiscard]] Task<Result<Outcome>> bulk_insert_into(Executor& executor, std::span<const Part> rows) {
  static_assert(detail::is_part_of<T, Part>(), "a member is no column of the table, or of another type");
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
