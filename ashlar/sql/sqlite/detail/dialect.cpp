// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/catalog_reads.hpp"
#include "ashlar/sql/detail/query_text.hpp"
#include "ashlar/sql/detail/sql_text.hpp"
#include "ashlar/sql/detail/text_pattern.hpp"
#include "ashlar/sql/dialect_traits.hpp"

#include <algorithm>
#include <initializer_list>

namespace ashlar::sql {
namespace {

using detail::QueryText;

std::string quoted_name(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::string list_of(std::span<const std::string_view> columns, std::string_view before, std::string_view between) {
  std::string out;
  for (const auto column : columns) {
    if (!out.empty()) out += between;
    out.append(before).append(quoted_name(column));
  }
  return out;
}

// Each word is quoted, so that it cannot be an operator of FTS5; without words, an empty phrase, which matches nothing.
std::string fts5_query(std::string_view text) {
  std::string out;
  bool in_word = false;
  for (const char c : text) {
    // Letters, digits and non-ASCII bytes; all others separate words, as in the tokenizer.
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

// An FTS5 table identifies its rows by numbers. Without an integer key, a table's rowids change with VACUUM, so another
// table stores them.
std::string create_search(const SearchIndexName& index) {
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

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> types) {
  return std::ranges::find(types, type) != types.end();
}

// The same pattern for GLOB, which is case-sensitive.
std::string glob_of(std::string_view pattern) {
  std::string out;
  const auto literal = [&out](char c) {
    const bool special = c == '*' || c == '?' || c == '[';
    out += special ? std::string{'[', c, ']'} : std::string{c};
  };
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      literal(pattern[++i]);
    } else if (pattern[i] == '%') {
      out += '*';
    } else if (pattern[i] == '_') {
      out += '?';
    } else {
      literal(pattern[i]);
    }
  }
  return out;
}

class SqliteTraits final : public DialectTraits {
 public:
  [[nodiscard]] const DialectFacts& facts() const override {
    static constexpr DialectFacts facts{.name = "SQLite",
                                        .null_is = DialectFacts::Null::smallest_value,
                                        .row_locks = DialectFacts::RowLocks::none,
                                        .isolations = DialectFacts::Isolations::serializable_only,
                                        .table_changes = DialectFacts::TableChanges::rebuild,
                                        .booleans = DialectFacts::Booleans::integers,
                                        .table_options = "strict",
                                        .clustered_table_options = "without rowid",
                                        .generated_number = ""};
    return facts;
  }

  [[nodiscard]] std::string_view column_type(ColumnContent content) const override {
    switch (content) {
      case ColumnContent::boolean:
      case ColumnContent::integer:
      case ColumnContent::timestamp:
        return "integer";
      case ColumnContent::number:
        return "real";
      case ColumnContent::text:
      case ColumnContent::uuid:
      case ColumnContent::json:
        break;
    }
    return "text";
  }

  // SQLite reports no types of parameters or expressions: these are empty.
  [[nodiscard]] bool holds(ColumnContent content, std::string_view given) const override {
    const std::string type = detail::in_lower_case(given);
    if (type.empty()) return true;
    if (content == ColumnContent::number) return is_one_of(type, {"real", "integer", "int"});
    if (column_type(content) == "text") return type == "text";
    return is_one_of(type, {"integer", "int", "bigint"});
  }

  void write_json_place(QueryText& text, const ColumnName& column) const override {
    text << "json_extract(";
    text.plain_column({.table = column.table, .column = column.column}) << ", '$." << column.json_path << "')";
  }

  // Without a double on the way.
  void write_money_average(QueryText& text, const ColumnName& column) const override {
    const auto call = [&](std::string_view before, std::string_view after) {
      text << before;
      text.plain_column(column) << after;
    };
    call("((2 * sum(", ") + sign(sum(");
    call("", ")) * count(");
    call("", ")) / (2 * count(");
    call("", ")))");
  }

  // SQLite's LIKE ignores the case of ASCII but not of É, so these use other functions, which also have no limit on the
  // text's length.
  void write_match(QueryText& out, TextCondition condition) const override {
    std::string& text = condition.text;
    const bool exact = condition.letters == LetterCase::exact;
    const auto value = [&] {
      if (!exact) out << "ashlar_fold(";
      out.parameter(std::move(text));
      if (!exact) out << ")";
    };
    const auto subject = [&]() -> QueryText& {
      if (exact) return out.column(condition.column);
      out << "ashlar_fold(";
      return out.column(condition.column) << ")";
    };
    switch (condition.match) {
      case TextMatch::contains:
        out << (exact ? "instr(" : "ashlar_contains(");
        out.column(condition.column) << ", ";
        out.parameter(std::move(text));
        out << (exact ? ") > 0" : ")");
        return;
      case TextMatch::starts_with:
        out << "substr(";
        subject() << ", 1, length(";
        out.parameter(text);
        out << ")) = ";
        return value();
      case TextMatch::ends_with:
        out << "substr(";
        subject() << ", length(";
        out.column(condition.column) << ") - length(";
        out.parameter(text);
        out << ") + 1) = ";
        return value();
      case TextMatch::pattern:
        text = exact ? glob_of(text) : detail::complete_pattern(text);
        subject() << (exact ? " glob " : " like ");
        value();
        if (!exact) out << " escape '\\'";
        return;
    }
  }

  // No wanted item is missing. The names are qualified, since json_each has columns with the same names (key, value,
  // type).
  void write_contains_items(QueryText& text, const ColumnName& column, Value items) const override {
    text << "case when ";
    text.qualified_column(column) << " is not null then not exists (select 1 from json_each(";
    text.parameter(std::move(items)) << ") as ashlar_wanted where ashlar_wanted.value not in (select ashlar_item.value "
                                        "from json_each(";
    text.qualified_column(column) << ") as ashlar_item where ashlar_item.value is not null)) end";
  }

  // The keys and ranks of the rows that contain the words, joined with the table.
  void write_search_source(QueryText& text, const SearchIndexName& index, std::string_view words) const override {
    const std::string search = quoted_name(index.name);
    const std::string rows = quoted_name(std::string(index.name) + "_rows");
    text << " join (select " << rows << ".found as ashlar_found, " << search << ".rank as ashlar_rank from " << search
         << " join " << rows << " on " << rows << ".number = " << search << ".rowid where " << search << " match ";
    text.parameter(fts5_query(words)) << ") on ashlar_found = ";
    text.name(index.table) << ".";
    text.name(index.key);
  }
  [[nodiscard]] bool has_search_condition() const override { return false; }
  void write_search_condition(QueryText&, const SearchIndexName&, std::string_view) const override {}
  void write_search_rank(QueryText& text, const SearchIndexName&, std::string_view) const override {
    text << "ashlar_rank";
  }
  [[nodiscard]] std::string create_search_index(const SearchIndexName& index) const override {
    return create_search(index);
  }
  [[nodiscard]] std::string drop_search_index(const SearchIndexName& index) const override {
    std::string out;
    for (const char* event : {"insert", "delete", "update"}) {
      out += "drop trigger " + quoted_name(std::string(index.name) + "_" + event) + ";\n";
    }
    return out + "drop table " + quoted_name(index.name) + ";\ndrop table " +
           quoted_name(std::string(index.name) + "_rows") + ";\n";
  }

  [[nodiscard]] std::vector<Statement> catalog_reads(Catalog& out) const override {
    return detail::sqlite_catalog_reads(out);
  }
  [[nodiscard]] std::optional<std::string> index_of_items(std::string_view) const override { return std::nullopt; }
  [[nodiscard]] std::string table_exists(std::string_view table) const override {
    return "select exists (select 1 from sqlite_schema where name = '" + std::string(table) + "')";
  }
  // It has one writer, whose lock run_script() waits for.
  [[nodiscard]] std::string migration_prologue(std::chrono::milliseconds) const override { return {}; }
  [[nodiscard]] std::string timestamp_literal(Timestamp timestamp) const override {
    return std::to_string(timestamp.milliseconds());
  }
};

constinit const SqliteTraits traits{};

}  // namespace

constinit const Dialect Dialect::sqlite(traits);

}  // namespace ashlar::sql
