// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/query.hpp"

#include "ashlar/sql/detail/query_text.hpp"

#include <cassert>
#include <limits>
#include <stdexcept>

namespace ashlar::sql::detail {

std::vector<std::string> sort_names(const schema::Type& type, std::span<const std::string_view> columns) {
  std::vector<std::string> out;
  for (const auto column : columns) {
    for (const auto& member : type.members) {
      if (member.name != column) continue;
      out.emplace_back(member.json_name);
      out.push_back("-" + out.back());
    }
  }
  return out;
}

Task<Result<std::int64_t>> one_integer(Executor& executor, Statement statement) {
  std::int64_t value = 0;
  statement.on_row = [&value](const Row& row) { value = row.integer(0); };
  auto done = co_await executor.execute(std::move(statement));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return value;
}

Task<Result<bool>> one_bool(Executor& executor, Statement statement) {
  bool value = false;
  statement.on_row = [&value](const Row& row) { value = row.boolean(0); };
  auto done = co_await executor.execute(std::move(statement));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return value;
}

void SelectParts::set_page(std::int64_t page, std::int64_t rows) {
  assert(page >= 1 && rows >= 1);
  limit = rows;
  const bool beyond = page - 1 > std::numeric_limits<std::int64_t>::max() / rows;
  offset = beyond ? std::numeric_limits<std::int64_t>::max() : (page - 1) * rows;
}

Statement SelectParts::rows(Dialect dialect, std::string_view columns) const {
  QueryText text(dialect);
  text << "select " << columns << " from ";
  text.name(table).where(condition).order_by(orders);
  if (limit) (text << " limit ").parameter(*limit);
  if (offset > 0) (text << " offset ").parameter(offset);
  return text.take(Mode::read);
}

Statement SelectParts::first(Dialect dialect, std::string_view columns) const {
  QueryText text(dialect);
  text << "select " << columns << " from ";
  text.name(table).where(condition).order_by(orders) << " limit 1";
  if (offset > 0) (text << " offset ").parameter(offset);
  return text.take(Mode::read);
}

Statement SelectParts::count(Dialect dialect) const {
  QueryText text(dialect);
  text << "select count(*) from ";
  text.name(table).where(condition);
  return text.take(Mode::read);
}

Statement SelectParts::exists(Dialect dialect) const {
  QueryText text(dialect);
  text << "select exists (select 1 from ";
  text.name(table).where(condition) << ")";
  return text.take(Mode::read);
}

Statement ModifyParts::update(Dialect dialect, std::string_view returning) const {
  if (!all_rows && condition.is_always_true()) throw std::logic_error("an update of all rows says all_rows()");
  QueryText text(dialect);
  text << "update ";
  text.name(table).assignments(assignments).where(condition);
  if (!returning.empty()) text << " returning " << returning;
  return text.take(Mode::write);
}

Statement ModifyParts::erase(Dialect dialect, std::string_view returning) const {
  if (!all_rows && condition.is_always_true()) throw std::logic_error("an erase of all rows says all_rows()");
  QueryText text(dialect);
  text << "delete from ";
  text.name(table).where(condition);
  if (!returning.empty()) text << " returning " << returning;
  return text.take(Mode::write);
}

Statement ModifyParts::unchanged(Dialect dialect, std::string_view columns) const {
  return SelectParts{.table = table, .condition = condition, .orders = {}, .limit = {}}.rows(dialect, columns);
}

std::string insert_text(std::string_view table, std::string_view columns, std::size_t width, std::size_t rows) {
  std::string out = "insert into \"" + std::string(table) + "\" (" + std::string(columns) + ") values ";
  std::size_t parameter = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    out += row == 0 ? "(" : ", (";
    for (std::size_t column = 0; column < width; ++column) {
      out += (column == 0 ? "$" : ", $") + std::to_string(++parameter);
    }
    out += ')';
  }
  return out;
}

Task<Result<Outcome>> insert_all(Executor& executor, std::vector<Statement> statements) {
  if (statements.size() == 1) co_return co_await executor.execute(std::move(statements.front()));
  Outcome total;
  // All or none: a database runs each statement in a transaction of its own, so they get one here.
  if (auto* database = dynamic_cast<Database*>(&executor)) {
    auto transaction = co_await database->begin();
    if (!transaction) co_return std::unexpected(std::move(transaction.error()));
    auto inserted = co_await insert_all(*transaction, std::move(statements));
    if (!inserted) co_return std::unexpected(std::move(inserted.error()));
    auto committed = co_await transaction->commit();
    if (!committed) co_return std::unexpected(std::move(committed.error()));
    co_return inserted;
  }
  for (auto& statement : statements) {
    auto inserted = co_await executor.execute(std::move(statement));
    if (!inserted) co_return std::unexpected(std::move(inserted.error()));
    total.rows_affected += inserted->rows_affected;
  }
  co_return total;
}

Task<Result<Outcome>> no_change() { co_return Outcome{}; }

std::vector<Statement> insert_statements(const schema::Type& type, std::string_view table, std::string_view columns,
                                         std::span<const void* const> rows) {
  // Few texts, each of at most 64 rows and PostgreSQL's 65,535 parameters: 64 rows at a time, then 32, 16, ... 1.
  const std::size_t width = type.members.size();
  std::vector<Statement> out;
  for (std::size_t at = 0; at < rows.size();) {
    std::size_t count = 64;
    while (count > rows.size() - at) count /= 2;
    Statement statement{.sql = insert_text(table, columns, width, count), .mode = Mode::write};
    statement.parameters.reserve(count * width);
    for (std::size_t i = 0; i < count; ++i) append_values(type, rows[at + i], statement.parameters);
    out.push_back(std::move(statement));
    at += count;
  }
  return out;
}

}  // namespace ashlar::sql::detail
