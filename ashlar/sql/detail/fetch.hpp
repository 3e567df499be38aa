// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/table.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

// Runs a statement and reads its rows. Rows are read on the driver's thread into objects of the awaiting frame.
namespace ashlar::sql::detail {

Task<Result<std::int64_t>> one_integer(Executor& executor, Statement statement);
Task<Result<bool>> one_bool(Executor& executor, Statement statement);

// How a row becomes a struct: read_by_position, read_nested.
using ReadRow = void (*)(const Row&, const schema::Type&, void*);

// Reserves room for one more row; for the first row, for the expected number of rows, within a limit.
template <class T>
T& append(std::vector<T>& rows, std::size_t rows_expected) {
  constexpr std::size_t rows_reserved_max = 128;
  if (rows.empty()) rows.reserve(std::min(rows_expected, rows_reserved_max));
  return rows.emplace_back();
}

template <schema::DescribedStruct T>
Task<Result<std::vector<T>>> all_rows(Executor& executor, Statement statement, ReadRow read = read_by_position,
                                      std::size_t rows_expected = 0) {
  std::vector<T> rows;
  statement.on_row = [&rows, read, rows_expected](const Row& row) {
    read(row, schema::type_of<T>(), &append(rows, rows_expected));
  };
  auto done = co_await executor.execute(std::move(statement));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return rows;
}

template <schema::DescribedStruct T>
Task<Result<std::optional<T>>> first_row(Executor& executor, Statement statement, ReadRow read = read_by_position) {
  std::optional<T> first;
  statement.on_row = [&first, read](const Row& row) {
    if (!first) read(row, schema::type_of<T>(), &first.emplace());
  };
  auto done = co_await executor.execute(std::move(statement));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return first;
}

// Structs by column name; any other type from the only column.
template <class T>
struct AnyReader {
  std::vector<std::size_t> columns;

  void read(const Row& row, T& value) {
    if constexpr (schema::DescribedStruct<T>) {
      read_by_name(row, schema::type_of<T>(), &value, columns);
    } else {
      read_value(row, 0, schema::type_of<T>(), &value, row.name(0));
    }
  }
};

template <class T>
Task<Result<std::vector<T>>> all_any(Executor& executor, Statement statement) {
  std::vector<T> rows;
  AnyReader<T> reader;
  statement.on_row = [&rows, &reader](const Row& row) { reader.read(row, rows.emplace_back()); };
  auto done = co_await executor.execute(std::move(statement));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return rows;
}

template <class T>
Task<Result<std::optional<T>>> first_any(Executor& executor, Statement statement) {
  std::optional<T> first;
  AnyReader<T> reader;
  statement.on_row = [&first, &reader](const Row& row) {
    if (!first) reader.read(row, first.emplace());
  };
  auto done = co_await executor.execute(std::move(statement));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return first;
}

}  // namespace ashlar::sql::detail
