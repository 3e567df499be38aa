// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/table_text.hpp"

#include <algorithm>
#include <array>

namespace ashlar::sql::detail {
namespace {

using Kind = ConstraintText::Kind;
using Generated = ColumnText::Generated;

// Functions whose value is the same for all rows of a statement. PostgreSQL computes such a default once.
constexpr std::array<std::string_view, 26> stable_functions = {"now",
                                                               "transaction_timestamp",
                                                               "statement_timestamp",
                                                               "lower",
                                                               "upper",
                                                               "coalesce",
                                                               "nullif",
                                                               "md5",
                                                               "length",
                                                               "make_interval",
                                                               "make_date",
                                                               "to_timestamp",
                                                               "to_date",
                                                               "date_trunc",
                                                               "timezone",
                                                               "jsonb_build_object",
                                                               "to_jsonb",
                                                               "json_build_object",
                                                               "jsonb_build_array",
                                                               "json_build_array",
                                                               "to_json",
                                                               "concat",
                                                               "decode",
                                                               "encode",
                                                               "cast",
                                                               "current_setting"};

bool ends_type(const SqlCursor& cursor) {
  constexpr std::array<std::string_view, 12> words = {"constraint", "not",       "null",    "default",
                                                      "check",      "unique",    "primary", "references",
                                                      "collate",    "generated", "as",      "deferrable"};
  return cursor.done() || cursor.at(",") ||
         std::ranges::any_of(words, [&](std::string_view word) { return cursor.at(word); });
}

DefaultValue read_default(SqlCursor& cursor) {
  if (cursor.take("null")) return DefaultValue::none;
  const auto all = cursor.rest();
  do {
    if (cursor.at("(")) {
      (void)cursor.parenthesised();
    } else {
      cursor.skip();
    }
  } while (!ends_type(cursor));
  const auto value = all.first(all.size() - cursor.rest().size());
  for (std::size_t i = 0; i + 1 < value.size(); ++i) {
    if (value[i].kind != SqlToken::Kind::word && value[i].kind != SqlToken::Kind::name) continue;
    if (!value[i + 1].is("(")) continue;
    const bool is_cast = i >= 2 && value[i - 1].is(":") && value[i - 2].is(":");
    if (!is_cast && std::ranges::find(stable_functions, value[i].text) == stable_functions.end())
      return DefaultValue::volatile_;
  }
  return DefaultValue::constant;
}

// What follows FOREIGN KEY (...) or a column: REFERENCES t (...).
void read_reference(ConstraintText& out, SqlCursor& cursor) {
  if (!cursor.take("references")) return;
  out.referenced = cursor.name();
  (void)cursor.parenthesised();
}

ConstraintText column_constraint(Kind kind, std::string name, const std::string& column) {
  ConstraintText out;
  out.kind = kind;
  out.name = std::move(name);
  out.columns = {column};
  return out;
}

Generated read_generated(SqlCursor& cursor) {
  cursor.take("always");
  if (cursor.take_all({"by", "default"})) {
  }
  cursor.take("as");
  if (cursor.take("identity")) {
    (void)cursor.parenthesised();
    return Generated::identity;
  }
  (void)cursor.parenthesised();
  return cursor.take("stored") ? Generated::stored : Generated::virtual_;
}

// One constraint of a column; `name` is the one given with CONSTRAINT, or empty.
void read_column_constraint(const std::string& table, ColumnText& out, SqlCursor& cursor) {
  std::string name;
  if (cursor.take("constraint")) name = cursor.name();
  const auto named = [&](std::string_view suffix) {
    return name.empty() ? table + "_" + out.name + std::string(suffix) : name;
  };
  if (cursor.take_all({"not", "null"})) {
    out.nullability = Nullability::not_null;
  } else if (cursor.take("default")) {
    out.default_value = read_default(cursor);
  } else if (cursor.take("check")) {
    auto made = column_constraint(Kind::check, named("_check"), out.name);
    made.condition = text_of(cursor.parenthesised());
    out.constraints.push_back(std::move(made));
  } else if (cursor.take("unique")) {
    out.constraints.push_back(column_constraint(Kind::unique, named("_key"), out.name));
  } else if (cursor.take_all({"primary", "key"})) {
    out.nullability = Nullability::not_null;
    out.constraints.push_back(column_constraint(Kind::primary_key, name.empty() ? table + "_pkey" : name, out.name));
  } else if (cursor.at("references")) {
    auto made = column_constraint(Kind::foreign_key, named("_fkey"), out.name);
    read_reference(made, cursor);
    out.constraints.push_back(std::move(made));
  } else if (cursor.at("generated") || cursor.at("as")) {
    cursor.take("generated");
    out.generated = read_generated(cursor);
  } else if (cursor.at("(")) {
    (void)cursor.parenthesised();
  } else {
    cursor.skip();
  }
}

}  // namespace

ColumnText read_column(const std::string& table, SqlCursor& cursor) {
  ColumnText out;
  out.name = cursor.name();
  const auto from = cursor.rest();
  while (!ends_type(cursor)) {
    if (cursor.at("(")) {
      (void)cursor.parenthesised();
    } else {
      cursor.skip();
    }
  }
  out.type = text_of(from.first(from.size() - cursor.rest().size()));
  while (!cursor.done() && !cursor.at(",")) read_column_constraint(table, out, cursor);
  if (out.type == "serial" || out.type == "bigserial" || out.type == "smallserial")
    out.default_value = DefaultValue::volatile_;
  return out;
}

bool at_table_constraint(const SqlCursor& cursor) {
  return cursor.at("constraint") || cursor.at("check") || cursor.at("unique") || cursor.at_all({"primary", "key"}) ||
         cursor.at_all({"foreign", "key"}) || cursor.at("exclude");
}

ConstraintText read_table_constraint(const std::string& table, SqlCursor& cursor) {
  ConstraintText out;
  if (cursor.take("constraint")) out.name = cursor.name();
  std::string_view suffix = "_check";
  if (cursor.take("check")) {
    out.condition = text_of(cursor.parenthesised());
  } else if (cursor.take("unique")) {
    out.kind = Kind::unique;
    suffix = "_key";
    while (!cursor.done() && !cursor.at("(") && !cursor.at("using")) cursor.skip();
    out.columns = cursor.list();
  } else if (cursor.take_all({"primary", "key"})) {
    out.kind = Kind::primary_key;
    suffix = "_pkey";
    out.columns = cursor.list();
  } else if (cursor.take_all({"foreign", "key"})) {
    out.kind = Kind::foreign_key;
    suffix = "_fkey";
    out.columns = cursor.list();
    read_reference(out, cursor);
  } else {
    out.kind = Kind::exclude;
    suffix = "_excl";
  }
  if (has_outside_parentheses(cursor.rest(), {"using", "index"})) out.index = ConstraintText::Index::existing;
  if (has_outside_parentheses(cursor.rest(), {"not", "valid"})) out.validation = ConstraintText::Validation::later;
  if (!out.name.empty()) return out;
  out.name = table;
  if (out.kind != Kind::primary_key)
    for (const std::string& column : out.columns) out.name += "_" + column;
  out.name += suffix;
  return out;
}

TableText read_table_body(const std::string& table, std::span<const SqlToken> body) {
  TableText out;
  SqlCursor items(body);
  while (!items.done()) {
    SqlCursor item(items.until_comma());
    if (item.take("like")) continue;
    if (at_table_constraint(item)) {
      out.constraints.push_back(read_table_constraint(table, item));
      continue;
    }
    ColumnText column = read_column(table, item);
    if (!column.name.empty()) out.columns.push_back(std::move(column));
  }
  for (const ColumnText& column : out.columns)
    out.constraints.insert(out.constraints.end(), column.constraints.begin(), column.constraints.end());
  return out;
}

}  // namespace ashlar::sql::detail
