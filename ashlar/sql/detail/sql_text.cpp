// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/sql_text.hpp"

#include <algorithm>
#include <array>

namespace ashlar::sql::detail {
namespace {

// Words that need quotes as the name of a column or table, in SQLite or in PostgreSQL.
constexpr std::array<std::string_view, 98> reserved = {
    "add",          "all",       "alter",        "analyse",      "analyze",
    "and",          "any",       "array",        "as",           "asc",
    "asymmetric",   "between",   "both",         "case",         "cast",
    "check",        "collate",   "column",       "commit",       "constraint",
    "create",       "cross",     "current_date", "current_time", "current_timestamp",
    "current_user", "default",   "deferrable",   "delete",       "desc",
    "distinct",     "do",        "drop",         "else",         "end",
    "escape",       "except",    "exists",       "false",        "fetch",
    "for",          "foreign",   "from",         "full",         "grant",
    "group",        "having",    "if",           "in",           "index",
    "initially",    "inner",     "insert",       "intersect",    "into",
    "is",           "isnull",    "join",         "lateral",      "leading",
    "left",         "like",      "limit",        "natural",      "not",
    "notnull",      "null",      "offset",       "on",           "only",
    "or",           "order",     "outer",        "placing",      "primary",
    "references",   "returning", "right",        "select",       "session_user",
    "set",          "some",      "symmetric",    "table",        "then",
    "to",           "trailing",  "transaction",  "true",         "union",
    "unique",       "update",    "user",         "using",        "values",
    "when",         "where",     "with"};

// After these a parenthesis belongs to the grammar; after other words it encloses the arguments of a function.
constexpr std::array<std::string_view, 22> spaced = {
    "and",  "as",  "between", "by", "check", "default", "exists", "from",  "in",     "is",   "key",
    "like", "not", "on",      "or", "over",  "then",    "unique", "using", "values", "when", "where"};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_operator(char c) { return std::string_view("+-*/<>=~!@#%^&|`?:").find(c) != std::string_view::npos; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool needs_quotes(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return true;
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !std::ranges::all_of(name, plain) || std::ranges::find(reserved, name) != reserved.end();
}

// The tokens of a statement: normalised words and names, literals, operators, single characters.
std::vector<std::string> tokens_of(std::string_view sql) {
  std::vector<std::string> out;
  std::size_t at = 0;
  const auto take_while = [&](auto belongs) {
    const std::size_t from = at;
    while (at < sql.size() && belongs(sql[at])) ++at;
    return sql.substr(from, at - from);
  };
  while (at < sql.size()) {
    const char c = sql[at];
    if (is_space(c)) {
      ++at;
    } else if (sql.substr(at).starts_with("--")) {
      at = std::min(sql.find('\n', at), sql.size());
    } else if (sql.substr(at).starts_with("/*")) {
      const auto end = sql.find("*/", at + 2);
      at = end == std::string_view::npos ? sql.size() : end + 2;
    } else if (c == '\'' || c == '"') {
      std::string text(1, sql[at++]);
      while (at < sql.size() && (sql[at] != c || sql.substr(at + 1).starts_with(c))) {
        if (sql[at] == c) text += sql[at++];
        text += sql[at++];
      }
      at = std::min(at + 1, sql.size());
      text += c;
      const std::string_view name = std::string_view(text).substr(1, text.size() - 2);
      out.emplace_back(c == '"' && !needs_quotes(name) ? std::string(name) : text);
    } else if (is_word(c)) {
      std::string word(take_while(is_word));
      std::ranges::transform(word, word.begin(), lower);
      out.push_back(std::move(word));
    } else if (is_operator(c)) {
      out.emplace_back(take_while(is_operator));
    } else {
      out.emplace_back(1, sql[at++]);
    }
  }
  return out;
}

bool has_space_between(std::string_view before, std::string_view after) {
  if (before == "(" || before == "." || after == ")" || after == "," || after == "." || after == ";") return false;
  if (after != "(") return true;
  return !is_word(before.back()) || std::ranges::find(spaced, before) != spaced.end();
}

std::string joined(std::vector<std::string>::const_iterator from, std::vector<std::string>::const_iterator to) {
  std::string out;
  for (auto at = from; at != to; ++at) {
    if (at != from && has_space_between(*(at - 1), *at)) out += ' ';
    out += *at;
  }
  return out;
}

}  // namespace

std::string written_name(std::string_view name) {
  if (!needs_quotes(name)) return std::string(name);
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string in_lower_case(std::string_view sql) {
  std::string out;
  char quote = '\0';
  for (const char c : sql) {
    if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    }
    out += quote == '\0' ? lower(c) : c;
  }
  return out;
}

std::string plain_sql(std::string_view sql) {
  const auto tokens = tokens_of(sql);
  return joined(tokens.begin(), tokens.end());
}

std::vector<std::string> check_constraints(std::string_view create_table) {
  std::vector<std::string> out;
  const auto tokens = tokens_of(create_table);
  for (auto at = tokens.begin(); at != tokens.end(); ++at) {
    if (*at != "check" || at + 1 == tokens.end() || *(at + 1) != "(") continue;
    int depth = 0;
    auto end = at + 1;
    do {
      depth += *end == "(" ? 1 : *end == ")" ? -1 : 0;
      ++end;
    } while (depth > 0 && end != tokens.end());
    out.push_back(joined(at, end));
    at = end - 1;
  }
  return out;
}

std::string index_definition(std::string_view create_index) {
  const auto tokens = tokens_of(create_index);
  return joined(std::ranges::find(tokens, "("), tokens.end());
}

bool selects_all_columns(std::string_view sql) {
  const auto tokens = tokens_of(sql);
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i] != "*") continue;
    constexpr std::array<std::string_view, 6> before = {"select", "distinct", "all", "returning", ",", "."};
    if (std::ranges::find(before, tokens[i - 1]) != before.end()) return true;
  }
  return false;
}

bool mentions(std::string_view sql, std::string_view word) {
  const auto tokens = tokens_of(sql);
  return std::ranges::find(tokens, written_name(word)) != tokens.end();
}

}  // namespace ashlar::sql::detail
