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

// SQLite: the keys and ranks of the rows that have the words, beside the table.
void write_found(QueryText& text, const SearchTerm& search) {
  const std::string index = "\"" + std::string(search.index.name) + "\"";
  const std::string rows = "\"" + std::string(search.index.name) + "_rows\"";
  text << " join (select " << rows << ".found as ashlar_found, " << index << ".rank as ashlar_rank from " << index
       << " join " << rows << " on " << rows << ".number = " << index << ".rowid where " << index << " match ";
  text.parameter(fts5_query(search.text)) << ") on ashlar_found = ";
  text.name(search.index.table) << ".";
  text.name(search.index.key);
}

// PostgreSQL: "articles"."article_search", then what is done with it, then the words.
void write_words(QueryText& text, const SearchTerm& search, std::string_view between) {
  text.name(search.index.table) << ".";
  text.name(search.index.name) << between << "plainto_tsquery('simple', ";
  text.parameter(search.text) << ")";
}

// The tables and the rows of theirs that are meant.
void write_source(QueryText& text, const SelectParts& parts) {
  text.name(parts.table);
  const bool sqlite = text.dialect() == Dialect::sqlite;
  if (parts.search && sqlite && parts.search->index.table == parts.table) write_found(text, *parts.search);
  for (const auto& join : parts.joins) {
    text << (join.kind == JoinKind::inner ? " join " : " left join ");
    text.name(join.table).condition(" on ", join.on);
    if (parts.search && sqlite && parts.search->index.table == join.table) write_found(text, *parts.search);
  }
  const bool words = parts.search && !sqlite;
  if (words) write_words(text << " where ", *parts.search, " @@ ");
  text.condition(words ? " and " : " where ", parts.condition);
}

// The order that was asked for; else the best first, of what was searched for.
void write_order(QueryText& text, const SelectParts& parts) {
  if (!parts.orders.empty() || !parts.search || !parts.computed.empty()) {
    text.order_by(parts.orders);
    return;
  }
  text << " order by ";
  if (text.dialect() == Dialect::sqlite) {
    text << "ashlar_rank, ";
  } else {
    write_words(text << "ts_rank(", *parts.search, ", ");
    text << ") desc, ";
  }
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

// A lock of SQLite's is there already: one transaction writes at a time, and nothing it has read changes meanwhile.
void write_lock(QueryText& text, const SelectParts& parts, Dialect dialect) {
  if (parts.lock == Lock::none || dialect == Dialect::sqlite) return;
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
  // SQLite knows an offset behind a limit only.
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
