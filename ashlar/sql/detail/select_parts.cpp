// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/select_parts.hpp"

#include "ashlar/sql/detail/query_text.hpp"

#include <cassert>
#include <limits>
#include <stdexcept>

namespace ashlar::sql::detail {
namespace {

// PostgreSQL refuses any other order, SQLite takes it and what it means is anybody's guess.
void require_selected(const std::vector<OrderTerm>& orders, std::string_view columns) {
  for (const auto& order : orders) {
    if (columns.contains("\"" + std::string(order.column.column) + "\"")) continue;
    throw std::logic_error("distinct rows can be ordered by their own columns only, not by " +
                           std::string(order.column.column));
  }
}

// The tables and the rows of theirs that are meant.
void write_source(QueryText& text, const SelectParts& parts) {
  text.name(parts.table);
  for (const auto& join : parts.joins) {
    text << (join.kind == JoinKind::inner ? " join " : " left join ");
    text.name(join.table).condition(" on ", join.on);
  }
  text.where(parts.condition);
}

void write_select(QueryText& text, const SelectParts& parts, std::string_view columns) {
  text << (parts.duplicates == Duplicates::removed ? "select distinct " : "select ") << columns;
  text.columns("", parts.computed) << " from ";
  write_source(text, parts);
  text.columns(" group by ", parts.groups).condition(" having ", parts.having);
}

QueryText text_of(const SelectParts& parts, Dialect dialect) {
  QueryText text(dialect);
  if (!parts.joins.empty()) text.qualify();
  return text;
}

// A lock of SQLite's is there already: one transaction writes at a time, and nothing it has read changes meanwhile.
void write_lock(QueryText& text, const SelectParts& parts, Dialect dialect) {
  if (parts.lock == Lock::none || dialect == Dialect::sqlite) return;
  text << (parts.lock == Lock::update ? " for update" : " for share");
  if (parts.locked_rows == LockedRows::skip) text << " skip locked";
}

}  // namespace

void SelectParts::set_page(std::int64_t page, std::int64_t rows) {
  assert(page >= 1 && rows >= 1);
  limit = rows;
  const bool beyond = page - 1 > std::numeric_limits<std::int64_t>::max() / rows;
  offset = beyond ? std::numeric_limits<std::int64_t>::max() : (page - 1) * rows;
}

void SelectParts::set_lock(Lock strength, LockedRows others) {
  if (duplicates == Duplicates::removed) throw std::logic_error("distinct rows cannot be locked");
  lock = strength;
  locked_rows = others;
}

Statement SelectParts::rows(Dialect dialect, std::string_view columns) const {
  if (duplicates == Duplicates::removed) require_selected(orders, columns);
  auto text = text_of(*this, dialect);
  write_select(text, *this, columns);
  text.order_by(orders);
  if (limit) (text << " limit ").parameter(*limit);
  // SQLite knows an offset behind a limit only.
  if (offset > 0) (text << " offset ").parameter(offset);
  write_lock(text, *this, dialect);
  return text.take(lock == Lock::none ? Mode::read : Mode::write);
}

Statement SelectParts::first(Dialect dialect, std::string_view columns) const {
  if (duplicates == Duplicates::removed) require_selected(orders, columns);
  auto text = text_of(*this, dialect);
  write_select(text, *this, columns);
  text.order_by(orders) << " limit 1";
  if (offset > 0) (text << " offset ").parameter(offset);
  write_lock(text, *this, dialect);
  return text.take(lock == Lock::none ? Mode::read : Mode::write);
}

Statement SelectParts::count(Dialect dialect, std::string_view columns) const {
  auto text = text_of(*this, dialect);
  text << "select count(*) from ";
  if (duplicates == Duplicates::removed) {
    write_select(text << "(", *this, columns);
    text << ") as one";
  } else {
    write_source(text, *this);
  }
  return text.take(Mode::read);
}

Statement SelectParts::exists(Dialect dialect) const {
  auto text = text_of(*this, dialect);
  write_source(text << "select exists (select 1 from ", *this);
  return (text << ")").take(Mode::read);
}

Statement SelectParts::rows_of_each(Dialect dialect, std::string_view columns, ColumnName key,
                                    std::int64_t rows) const {
  QueryText text(dialect);
  text << "select " << columns << ", ashlar_key from (select " << columns << ", ";
  text.column(key) << " as ashlar_key, row_number() over (partition by ";
  text.column(key).order_by(orders) << ") as ashlar_number from ";
  write_source(text, *this);
  (text << ") as ranked where ashlar_number <= ").parameter(rows) << " order by ashlar_key, ashlar_number";
  return text.take(Mode::read);
}

}  // namespace ashlar::sql::detail
