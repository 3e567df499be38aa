// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>

// Full-text search: the rows that hold all the words of a text, best first.
//
//   inline constexpr SearchIndex<&Article::id, &Article::title, &Article::body> article_search{"article_search"};
//
//   auto found = co_await from<Article>().search(article_search, in.search).page(in.page, in.limit).all_and_count(db);
//
// A migration makes the index with what create_sql(dialect) gives: in PostgreSQL a column of type tsvector, which the
// table keeps up to date itself, with a GIN index; in SQLite an FTS5 table beside it, kept by triggers. From then on it
// follows every change of the table's rows. FTS5 in a trigger needs sqlite::Options::schema to be `trusted`; a write to
// the table is refused without it (database.failed).
//
// Words are told apart as the database does it, without regard to case; accents count, and a word is found as a whole,
// in the form in which it stands. A text without a word finds nothing. What a client sends is words, never an operator.
// The order is by how well a row fits, then by its key; order_by() makes it another. The key is a unique column.
namespace ashlar::sql {

struct SearchIndexName {
  std::string_view name;
  std::string_view table;
  std::string_view key;
  std::span<const std::string_view> columns;

  [[nodiscard]] std::string create_sql(Dialect dialect) const;
  [[nodiscard]] std::string drop_sql(Dialect dialect) const;
};

template <auto Key, auto... Columns>
class SearchIndex {
 public:
  using Struct = detail::StructOf<Key>;
  static_assert(sizeof...(Columns) > 0 && (std::same_as<Struct, detail::StructOf<Columns>> && ...),
                "a search index has columns of one table");
  static_assert((detail::is_text<detail::ValueOf<Columns>> && ...), "a search index has columns of text");
  static_assert(!detail::Unwrap<detail::ValueOf<Key>>::nullable, "the key of a search index is never NULL");

  // A name of its own in the database: letters, digits and underscores.
  consteval explicit SearchIndex(std::string_view name) : name_(name) {}

  [[nodiscard]] constexpr SearchIndexName name() const {
    return {.name = name_, .table = table_name<Struct>, .key = Column<Key>::name, .columns = columns_};
  }
  [[nodiscard]] std::string create_sql(Dialect dialect) const { return name().create_sql(dialect); }
  [[nodiscard]] std::string drop_sql(Dialect dialect) const { return name().drop_sql(dialect); }

 private:
  static constexpr std::array<std::string_view, sizeof...(Columns)> columns_{Column<Columns>::name...};
  std::string_view name_;
};

}  // namespace ashlar::sql
