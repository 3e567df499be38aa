// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/select_parts.hpp"

#include "ashlar/sql/detail/query_text.hpp"
#include "ashlar/sql/dialect_traits.hpp"

#include <cassert>
#include <limits>
#include <stdexcept>

namespace ashlar::sql::detail {
namespace {

// PostgreSQL refuses any other order; SQLite accepts it with an undefined meaning.
void require_selected(const std::vector<OrderTerm>& orders, std::string_view columns) {
  for (const auto& order : orders) {
    if (columns.contains("\"" + std::string(order.column.column) + "\"")) continue;
    throw std::logic_error("distinct rows can be ordered by their own columns only, not by " +
                           std::string(order.column.column));
  }
}

// The tables and the selected rows.
void write_source(QueryText& text, const SelectParts& parts) {
  const Dialect dialect = text.dialect();
  const auto found_in = [&](std::string_view table) {
    if (parts.search && parts.search->index.table == table)
      dialect->write_search_source(text, parts.search->index, parts.search->text);
  };
  text.name(parts.table);
  found_in(parts.table);
  for (const auto& join : parts.joins) {
    text << (join.kind == JoinKind::inner ? " join " : " left join ");
    text.name(join.table).condition(" on ", join.on);
    found_in(join.table);
  }
  std::string_view keyword = " where ";
  if (parts.search && dialect->has_search_condition()) {
    dialect->write_search_condition(text << keyword, parts.search->index, parts.search->text);
    keyword = " and ";
  }
  text.condition(keyword, parts.condition);
}

// The requested order; otherwise the best match first, for a search.
void write_order(QueryText& text, const SelectParts& parts) {
  if (!parts.orders.empty() || !parts.search || !parts.computed.empty()) {
    text.order_by(parts.orders);
    return;
  }
  text << " order by ";
  text.dialect()->write_search_rank(text, parts.search->index, parts.search->text);
  text << ", ";
  text.name(parts.search->index.table) << ".";
  text.name(parts.search->index.key);
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

void write_lock(QueryText& text, const SelectParts& parts, Dialect dialect) {
  if (parts.lock == Lock::none || dialect->facts().row_locks == DialectFacts::RowLocks::none) return;
  text << (parts.lock == Lock::update ? " for update" : " for share");
  if (parts.locked_rows == LockedRows::skip) text << " skip locked";
  if (parts.locked_rows == LockedRows::refuse) text << " nowait";
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
  write_order(text, *this);
  if (limit) (text << " limit ").parameter(*limit);
  // SQLite supports an offset only after a limit.
  if (offset > 0) (text << " offset ").parameter(offset);
  write_lock(text, *this, dialect);
  return text.take(lock == Lock::none ? Mode::read : Mode::write);
}

Statement SelectParts::first(Dialect dialect, std::string_view columns) const {
  if (duplicates == Duplicates::removed) require_selected(orders, columns);
  auto text = text_of(*this, dialect);
  write_select(text, *this, columns);
  write_order(text, *this);
  text << " limit 1";
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
