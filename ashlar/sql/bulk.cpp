// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/bulk.hpp"

#include "ashlar/sql/insert.hpp"
#include "ashlar/sql/table.hpp"

#include <algorithm>
#include <string>

namespace ashlar::sql {

void BulkRows::append_values(std::size_t row, std::vector<Value>& out) const {
  detail::append_values(*type, static_cast<const std::byte*>(first) + row * bytes_each, out);
}

Task<Result<Outcome>> Transaction::Session::insert_bulk(BulkRows rows) {
  return detail::insert_in_statements(*this, rows);
}

namespace detail {
namespace {

constexpr std::size_t rows_in_memory = 512;  // as values: the most that one statement takes

Task<Result<Outcome>> in_one_transaction(Database& database, BulkRows rows) {
  auto transaction = co_await database.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  auto inserted = co_await transaction->insert_bulk(rows);
  if (!inserted) co_return inserted;
  auto committed = co_await transaction->commit();
  if (!committed) co_return std::unexpected(std::move(committed.error()));
  co_return inserted;
}

}  // namespace

Task<Result<Outcome>> insert_in_statements(Executor& executor, BulkRows rows) {
  const std::string columns = column_list(*rows.type);
  const std::size_t width = rows.type->members.size();
  const std::string one_row = one_row_text(rows.table, columns, width);
  Outcome total;
  for (std::size_t at = 0; at < rows.count;) {
    InsertParts parts{.table = rows.table, .columns = columns, .width = width, .one_row = one_row};
    for (const std::size_t end = std::min(at + rows_in_memory, rows.count); at < end; ++at)
      rows.append_values(at, parts.values);
    for (auto& statement : std::move(parts).statements(executor.dialect(), {})) {
      auto inserted = co_await executor.execute(std::move(statement));
      if (!inserted) co_return std::unexpected(std::move(inserted.error()));
      total.rows_affected += inserted->rows_affected;
    }
  }
  co_return total;
}

Task<Result<Outcome>> bulk_insert(Executor& executor, BulkRows rows) {
  if (rows.count == 0) co_return Outcome{};
  if (rows.count > bulk_rows_max)
    co_return std::unexpected(Error(errors::failed, "The database refused a statement.")
                                  .with_cause("more than 1,000,000 rows in one bulk_insert: use several"));
  if (auto* database = dynamic_cast<Database*>(&executor)) co_return co_await in_one_transaction(*database, rows);
  if (auto* transaction = dynamic_cast<Transaction*>(&executor)) co_return co_await transaction->insert_bulk(rows);
  co_return co_await insert_in_statements(executor, rows);
}

}  // namespace detail
}  // namespace ashlar::sql
