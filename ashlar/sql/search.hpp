// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>

// Full-text search: the rows that contain all the words of a text, best match first.
//
//   inline constexpr SearchIndex<&Article::id, &Article::title, &Article::body> article_search{"article_search"};
//
//   auto found = co_await from<Article>().search(article_search, in.search).page(in.page, in.limit).all_and_count(db);
//
// A migration creates the index with the SQL of create_sql(dialect). In PostgreSQL it is a generated column of type
// tsvector with a GIN index; in SQLite a separate FTS5 table maintained by triggers. The index then follows every
// change of the table's rows. FTS5 in a trigger needs sqlite::Options::schema to be `trusted`; without it, a write to
// the table is refused (database.failed).
//
// The database splits text into words, ignoring case but not accents. A word matches whole and only in its exact form.
// A text without a word finds nothing. The client's text contains words only, never operators. The order is by rank,
// then by key, unless order_by() says otherwise. The key is a unique column.
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

  // A unique name in the database: letters, digits and underscores.
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
