// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/catalog_reads.hpp"
#include "ashlar/sql/detail/query_text.hpp"
#include "ashlar/sql/detail/text_pattern.hpp"
#include "ashlar/sql/dialect_traits.hpp"

#include <algorithm>
#include <initializer_list>

namespace ashlar::sql {
namespace {

using detail::QueryText;

std::string quoted_name(std::string_view name) { return "\"" + std::string(name) + "\""; }

// The table stores the words of its text columns in an additional column.
std::string create_search(const SearchIndexName& index) {
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

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> types) {
  return std::ranges::find(types, type) != types.end();
}

bool is_integer(std::string_view type) { return is_one_of(type, {"smallint", "integer", "bigint"}); }

// For LIKE and ILIKE: escapes the special characters.
std::string like_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// "articles"."article_search", then the operation, then the words.
void write_words(QueryText& text, const SearchIndexName& index, std::string_view between, std::string_view words) {
  text.name(index.table) << ".";
  text.name(index.name) << between << "plainto_tsquery('simple', ";
  text.parameter(std::string(words)) << ")";
}

class PostgresTraits final : public DialectTraits {
 public:
  [[nodiscard]] const DialectFacts& facts() const override {
    static constexpr DialectFacts facts{.name = "PostgreSQL",
                                        .null_is = DialectFacts::Null::greatest_value,
                                        .row_locks = DialectFacts::RowLocks::by_clause,
                                        .isolations = DialectFacts::Isolations::all,
                                        .table_changes = DialectFacts::TableChanges::alter,
                                        .booleans = DialectFacts::Booleans::own_type,
                                        .table_options = "",
                                        .clustered_table_options = ""};
    return facts;
  }

  [[nodiscard]] std::string_view column_type(ColumnContent content) const override {
    switch (content) {
      case ColumnContent::boolean:
        return "boolean";
      case ColumnContent::integer:
        return "bigint";
      case ColumnContent::number:
        return "double precision";
      case ColumnContent::uuid:
        return "uuid";
      case ColumnContent::timestamp:
        return "timestamptz";
      case ColumnContent::text:
      case ColumnContent::json:
        break;
    }
    return "text";
  }

  [[nodiscard]] bool holds(ColumnContent what, std::string_view type) const override {
    const bool moment = type.starts_with("timestamp ");
    switch (what) {
      case ColumnContent::boolean:
        return type == "boolean";
      case ColumnContent::integer:
        return is_integer(type);
      case ColumnContent::number:
        return is_integer(type) || is_one_of(type, {"real", "double precision", "numeric"});
      case ColumnContent::uuid:
        return type == "uuid";
      case ColumnContent::timestamp:
        return moment;
      default:
        return !moment && !is_integer(type) &&
               !is_one_of(type, {"boolean", "real", "double precision", "numeric", "uuid", "bytea"});
    }
  }

  // The names in a path are those of members, letters and digits: they need no quotes.
  void write_json_place(QueryText& text, const ColumnName& column) const override {
    std::string path(column.json_path);
    std::ranges::replace(path, '.', ',');
    text << "(";
    text.plain_column({.table = column.table, .column = column.column}) << "::jsonb #>> '{" << path << "}')";
    switch (column.json_content) {
      case JsonContent::text:
        break;
      case JsonContent::boolean:
        text << "::boolean";
        break;
      case JsonContent::integer:
        text << "::bigint";
        break;
      case JsonContent::number:
        text << "::double precision";
        break;
    }
  }
  void write_money_average(QueryText& text, const ColumnName& column) const override {
    text << "round(avg(";
    text.plain_column(column) << "))";
  }
  void write_match(QueryText& text, TextCondition condition) const override {
    text.column(condition.column) << (condition.letters == LetterCase::exact ? " like " : " ilike ");
    switch (condition.match) {
      case TextMatch::contains:
        text.parameter("%" + like_escaped(condition.text) + "%");
        return;
      case TextMatch::starts_with:
        text.parameter(like_escaped(condition.text) + "%");
        return;
      case TextMatch::ends_with:
        text.parameter("%" + like_escaped(condition.text));
        return;
      case TextMatch::pattern:
        text.parameter(detail::complete_pattern(condition.text));
        return;
    }
  }

  void write_contains_items(QueryText& text, const ColumnName& column, Value items) const override {
    text.plain_column(column) << "::jsonb @> ";
    text.parameter(std::move(items));
  }

  void write_search_source(QueryText&, const SearchIndexName&, std::string_view) const override {}
  [[nodiscard]] bool has_search_condition() const override { return true; }
  void write_search_condition(QueryText& text, const SearchIndexName& index, std::string_view words) const override {
    write_words(text, index, " @@ ", words);
  }
  void write_search_rank(QueryText& text, const SearchIndexName& index, std::string_view words) const override {
    write_words(text << "ts_rank(", index, ", ", words);
    text << ") desc";
  }
  [[nodiscard]] std::string create_search_index(const SearchIndexName& index) const override {
    return create_search(index);
  }
  [[nodiscard]] std::string drop_search_index(const SearchIndexName& index) const override {
    return "alter table " + quoted_name(index.table) + " drop column " + quoted_name(index.name) + ";\n";
  }

  [[nodiscard]] std::vector<Statement> catalog_reads(Catalog& out) const override {
    return detail::postgres_catalog_reads(out);
  }
  [[nodiscard]] std::optional<std::string> index_of_items(std::string_view column) const override {
    return "using gin ((" + std::string(column) + "::jsonb) jsonb_path_ops)";
  }
  [[nodiscard]] std::string table_exists(std::string_view table) const override {
    return "select to_regclass('" + std::string(table) + "') is not null";
  }
  // Whatever the program's own level: once a step has its locks, it must see what was committed while it waited for
  // them.
  [[nodiscard]] std::string migration_prologue(std::chrono::milliseconds table_lock_time_max) const override {
    return "set transaction isolation level read committed;\nset local lock_timeout = " +
           std::to_string(table_lock_time_max.count()) + ";\n";
  }
  [[nodiscard]] std::string timestamp_literal(Timestamp timestamp) const override {
    return "to_timestamp(" + std::to_string(timestamp.milliseconds()) + " / 1000.0)";
  }
};

constinit const PostgresTraits traits{};

}  // namespace

constinit const Dialect Dialect::postgres(traits);

}  // namespace ashlar::sql
