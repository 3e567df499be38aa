// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/search.hpp"

namespace ashlar::sql {
namespace {

std::string quoted_name(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::string list_of(std::span<const std::string_view> columns, std::string_view before, std::string_view between) {
  std::string out;
  for (const auto column : columns) {
    if (!out.empty()) out += between;
    out.append(before).append(quoted_name(column));
  }
  return out;
}

// The table keeps the words of its text columns in one more column.
std::string create_in_postgres(const SearchIndexName& index) {
  std::string text;
  for (const auto column : index.columns) {
    if (!text.empty()) text += " || ' ' || ";
    text += "coalesce(" + quoted_name(column) + ", '')";
  }
  return "alter table " + quoted_name(index.table) + " add column " + quoted_name(index.name) +
         " tsvector generated always as (to_tsvector('simple', " + text + ")) stored;\n" + "create index " +
         quoted_name(std::string(index.name) + "_index") + " on " + quoted_name(index.table) + " using gin (" +
         quoted_name(index.name) + ");\n";
}

// An FTS5 table knows its rows by numbers. A table's own rowids change with VACUUM where no integer is its key, so
// another table keeps them.
std::string create_in_sqlite(const SearchIndexName& index) {
  const std::string search = quoted_name(index.name);
  const std::string rows = quoted_name(std::string(index.name) + "_rows");
  const std::string table = quoted_name(index.table);
  const std::string key = quoted_name(index.key);
  const std::string columns = list_of(index.columns, "", ", ");
  const auto trigger = [&](const std::string& when, const std::string& event, const std::string& body) {
    return "create trigger " + quoted_name(std::string(index.name) + "_" + when) + " after " + event + " on " + table +
           " begin\n" + body + "end;\n";
  };
  const std::string add = "  insert into " + rows + " (found) values (new." + key + ");\n  insert into " + search +
                          " (rowid, " + columns + ") select number, " + list_of(index.columns, "new.", ", ") +
                          " from " + rows + " where found = new." + key + ";\n";
  const std::string remove = "  delete from " + search + " where rowid = (select number from " + rows +
                             " where found = old." + key + ");\n  delete from " + rows + " where found = old." + key +
                             ";\n";
  return "create table " + rows + " (number integer primary key, found unique not null);\n" + "create virtual table " +
         search + " using fts5(" + columns + ", tokenize = 'unicode61 remove_diacritics 0');\n" + "insert into " +
         rows + " (found) select " + key + " from " + table + ";\n" + "insert into " + search + " (rowid, " + columns +
         ") select " + rows + ".number, " + list_of(index.columns, table + ".", ", ") + " from " + rows + " join " +
         table + " on " + rows + ".found = " + table + "." + key + ";\n" + trigger("insert", "insert", add) +
         trigger("delete", "delete", remove) + trigger("update", "update of " + key + ", " + columns, remove + add);
}

}  // namespace

std::string SearchIndexName::create_sql(Dialect dialect) const {
  return dialect == Dialect::postgres ? create_in_postgres(*this) : create_in_sqlite(*this);
}

std::string SearchIndexName::drop_sql(Dialect dialect) const {
  if (dialect == Dialect::postgres) {
    return "alter table " + quoted_name(table) + " drop column " + quoted_name(name) + ";\n";
  }
  std::string out;
  for (const char* event : {"insert", "delete", "update"}) {
    out += "drop trigger " + quoted_name(std::string(name) + "_" + event) + ";\n";
  }
  return out + "drop table " + quoted_name(name) + ";\ndrop table " + quoted_name(std::string(name) + "_rows") + ";\n";
}

namespace detail {

std::string fts5_query(std::string_view text) {
  std::string out;
  bool in_word = false;
  for (const char c : text) {
    // Letters, digits and what is not ASCII; the rest parts words, as the tokenizer has it.
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                        static_cast<unsigned char>(c) >= 0x80;
    if (letter && !in_word) out += out.empty() ? "\"" : " \"";
    if (!letter && in_word) out += '"';
    if (letter) out += c;
    in_word = letter;
  }
  if (in_word) out += '"';
  return out.empty() ? "\"\"" : out;
}

}  // namespace detail
}  // namespace ashlar::sql
