// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/catalog.hpp"
#include "ashlar/sql/condition.hpp"
#include "ashlar/sql/search.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The differences between databases, as stated by a driver. Queries, models, migrations and the checks of raw
// statements use these traits and never test for a particular database. A driver for another database derives a
// constant from it:
//
//   class MyTraits final : public DialectTraits { ... };
//   constinit const MyTraits my_traits;
//   const Dialect my_dialect(my_traits);                  // what its Database::dialect() returns
//
// All functions are safe from any thread. sql/conformance is the suite that a driver and its traits pass.
namespace ashlar::sql {

// The type of a column or parameter, independent of the database's name for it.
enum class ColumnContent : unsigned char { boolean, integer, number, text, uuid, timestamp, json };

struct DialectFacts {
  std::string_view name;  // in messages

  // Where ORDER BY places NULL by default.
  enum class Null : unsigned char { smallest_value, greatest_value } null_is;
  // `none`: one transaction writes at a time, so a read in it needs no FOR UPDATE.
  enum class RowLocks : unsigned char { none, by_clause } row_locks;
  // `serializable_only`: a transaction cannot have another isolation.
  enum class Isolations : unsigned char { serializable_only, all } isolations;
  // How a table is changed beyond adding and dropping columns: rebuilt, or by ALTER TABLE.
  enum class TableChanges : unsigned char { rebuild, alter } table_changes;
  // Booleans are integers, restricted to 0 and 1 by a CHECK.
  enum class Booleans : unsigned char { integers, own_type } booleans;

  std::string_view table_options;            // after CREATE TABLE (...): "strict"
  std::string_view clustered_table_options;  // for TableRule::without_rowid: "without rowid"
  std::string_view generated_number;         // behind a column for TableRule::generated_number; empty: by being the key
};

// A condition on a column's text.
struct TextCondition {
  const ColumnName& column;
  TextMatch match;
  LetterCase letters;
  std::string text;
};

class DialectTraits {
 public:
  DialectTraits() = default;
  DialectTraits(const DialectTraits&) = delete;
  DialectTraits& operator=(const DialectTraits&) = delete;

  [[nodiscard]] virtual const DialectFacts& facts() const = 0;

  // Columns.
  [[nodiscard]] virtual std::string_view column_type(ColumnContent content) const = 0;
  // Whether a column or parameter of this type, as named by Database::describe_blocking, holds such values.
  [[nodiscard]] virtual bool holds(ColumnContent content, std::string_view type) const = 0;

  // Parts of queries, appended to `text`.
  virtual void write_json_place(detail::QueryText& text, const ColumnName& column) const = 0;
  // The average of amounts, rounded to the nearest minor unit, halves away from zero.
  virtual void write_money_average(detail::QueryText& text, const ColumnName& column) const = 0;
  virtual void write_match(detail::QueryText& text, TextCondition condition) const = 0;
  // Whether the list in the column has all items of a JSON array; NULL when the column is NULL.
  virtual void write_contains_items(detail::QueryText& text, const ColumnName& column, Value items) const = 0;

  // Full-text search (search.hpp): the text after the name of the index's table in FROM; the condition in WHERE, if
  // any; the start of ORDER BY, best match first.
  virtual void write_search_source(detail::QueryText& text, const SearchIndexName& index,
                                   std::string_view words) const = 0;
  [[nodiscard]] virtual bool has_search_condition() const = 0;
  virtual void write_search_condition(detail::QueryText& text, const SearchIndexName& index,
                                      std::string_view words) const = 0;
  virtual void write_search_rank(detail::QueryText& text, const SearchIndexName& index,
                                 std::string_view words) const = 0;
  [[nodiscard]] virtual std::string create_search_index(const SearchIndexName& index) const = 0;
  [[nodiscard]] virtual std::string drop_search_index(const SearchIndexName& index) const = 0;

  // Schemas.
  // The queries whose rows form a Catalog, in this order. They write into `out`, which outlives them.
  [[nodiscard]] virtual std::vector<Statement> catalog_reads(Catalog& out) const = 0;
  // The text after the table's name in CREATE INDEX, for TableRule::index_of_items; empty when there is no such index.
  [[nodiscard]] virtual std::optional<std::string> index_of_items(std::string_view column) const = 0;
  // One row with one boolean: whether the current schema has this table.
  [[nodiscard]] virtual std::string table_exists(std::string_view table) const = 0;
  // Statements before a migration, in its transaction, which waits at most this long for a table's lock.
  [[nodiscard]] virtual std::string migration_prologue(std::chrono::milliseconds table_lock_time_max) const = 0;
  // A timestamp as a literal in a script.
  [[nodiscard]] virtual std::string timestamp_literal(Timestamp timestamp) const = 0;

 protected:
  constexpr ~DialectTraits() = default;
};

}  // namespace ashlar::sql
