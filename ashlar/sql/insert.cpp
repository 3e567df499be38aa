// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/insert.hpp"

#include "ashlar/sql/detail/query_text.hpp"

#include <algorithm>
#include <bit>
#include <iterator>

namespace ashlar::sql::detail {
namespace {

constexpr std::size_t rows_max = 512;          // in one statement
constexpr std::size_t parameters_max = 4'096;  // far below SQLite's 32,766: preparing is quadratic in their number

// The largest number of rows per statement: a power of two, like all chunks.
std::size_t chunk_max(const InsertParts& parts) {
  const std::size_t fits = parameters_max / std::max<std::size_t>(parts.width, 1);
  return std::bit_floor(std::clamp<std::size_t>(fits, 1, rows_max));
}

void write_conflict(QueryText& text, const InsertParts& parts) {
  const auto& conflict = parts.conflict;
  if (conflict.action == Conflict::Action::none) return;
  text << " on conflict";
  for (std::size_t i = 0; i < conflict.columns.size(); ++i) {
    text << (i == 0 ? " (" : ", ");
    text.name(conflict.columns[i]);
  }
  if (!conflict.columns.empty()) text << ")";
  if (conflict.action == Conflict::Action::nothing || conflict.assignments.empty()) {
    text << " do nothing";
    return;
  }
  text << " do update";
  text.qualify().assignments(conflict.assignments, parts.table).where(conflict.condition);
}

void write_insert(QueryText& text, std::string_view table, std::string_view columns) {
  text << "insert into ";
  text.name(table) << " (" << columns << ") values ";
}

// `values` are those of some rows; they are moved from.
Statement statement(const InsertParts& parts, std::span<Value> values, Dialect dialect, std::string_view returning) {
  if (values.size() == parts.width && parts.conflict.action == Conflict::Action::none && returning.empty()) {
    return {.sql = std::string(parts.one_row),
            .parameters = {std::move_iterator(values.begin()), std::move_iterator(values.end())},
            .mode = Mode::write};
  }
  QueryText text(dialect);
  write_insert(text, parts.table, parts.columns);
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (at % parts.width == 0) {
      text << (at == 0 ? "(" : "), (");
    } else {
      text << ", ";
    }
    text.parameter(std::move(values[at]));
  }
  text << ")";
  write_conflict(text, parts);
  if (!returning.empty()) text << " returning " << returning;
  return text.take(Mode::write);
}

// Atomic: a database runs each statement in its own transaction, so they are wrapped in one here.
Task<Result<Outcome>> in_one_transaction(Database& database, std::vector<Statement> statements, RowReader on_row) {
  auto transaction = co_await database.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  auto inserted = co_await insert_all(*transaction, std::move(statements), std::move(on_row));
  if (!inserted) co_return inserted;
  auto committed = co_await transaction->commit();
  if (!committed) co_return std::unexpected(std::move(committed.error()));
  co_return inserted;
}

}  // namespace

// The same in all databases.
std::string one_row_text(std::string_view table, std::string_view columns, std::size_t width) {
  std::string out;
  out.append("insert into \"").append(table).append("\" (").append(columns).append(") values (");
  for (std::size_t i = 1; i <= width; ++i) out.append(i == 1 ? "$" : ", $").append(std::to_string(i));
  return out + ")";
}

std::vector<Statement> InsertParts::statements(Dialect dialect, std::string_view returning) const& {
  return InsertParts(*this).statements(dialect, returning);
}

std::vector<Statement> InsertParts::statements(Dialect dialect, std::string_view returning) && {
  const std::size_t rows = width == 0 ? 0 : values.size() / width;
  std::vector<Statement> out;
  for (std::size_t at = 0; at < rows;) {
    const std::size_t count = std::min(chunk_max(*this), std::bit_floor(rows - at));
    out.push_back(statement(*this, std::span(values).subspan(at * width, count * width), dialect, returning));
    at += count;
  }
  return out;
}

Task<Result<Outcome>> insert_all(Executor& executor, std::vector<Statement> statements, RowReader on_row) {
  for (auto& statement : statements) statement.on_row = on_row;
  if (statements.size() == 1) co_return co_await executor.execute(std::move(statements.front()));
  if (statements.empty()) co_return Outcome{};
  if (auto* database = dynamic_cast<Database*>(&executor)) {
    co_return co_await in_one_transaction(*database, std::move(statements), std::move(on_row));
  }
  Outcome total;
  for (auto& statement : statements) {
    auto inserted = co_await executor.execute(std::move(statement));
    if (!inserted) co_return std::unexpected(std::move(inserted.error()));
    total.rows_affected += inserted->rows_affected;
  }
  co_return total;
}

}  // namespace ashlar::sql::detail
