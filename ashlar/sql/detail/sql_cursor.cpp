// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/sql_cursor.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::sql::detail {
namespace {

bool starts_with_all(std::span<const SqlToken> tokens, std::initializer_list<std::string_view> keywords) {
  if (tokens.size() < keywords.size()) return false;
  return std::ranges::equal(tokens.first(keywords.size()), keywords,
                            [](const SqlToken& token, std::string_view keyword) { return token.is(keyword); });
}

}  // namespace

bool SqlCursor::at_all(std::initializer_list<std::string_view> keywords) const {
  return starts_with_all(tokens_, keywords);
}

void SqlCursor::skip() {
  if (done()) return;
  last_line_ = tokens_.front().line;
  tokens_ = tokens_.subspan(1);
}

bool SqlCursor::take(std::string_view keyword) {
  if (!at(keyword)) return false;
  skip();
  return true;
}

bool SqlCursor::take_all(std::initializer_list<std::string_view> keywords) {
  if (!at_all(keywords)) return false;
  for (std::size_t i = 0; i < keywords.size(); ++i) skip();
  return true;
}

bool SqlCursor::take_any(std::initializer_list<std::string_view> keywords) {
  return std::ranges::any_of(keywords, [this](std::string_view keyword) { return take(keyword); });
}

std::string SqlCursor::name() {
  std::string out;
  while (!done()) {
    const SqlToken& token = tokens_.front();
    if (token.kind == SqlToken::Kind::symbol || token.kind == SqlToken::Kind::number) break;
    out += token.text;
    skip();
    if (!at(".")) break;
    skip();
    if (out == "public" || out == "main") {
      out.clear();
    } else {
      out += '.';
    }
  }
  return out;
}

std::span<const SqlToken> SqlCursor::parenthesised() {
  if (!at("(")) return {};
  std::size_t depth = 0;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (tokens_[i].is("(")) ++depth;
    if (!tokens_[i].is(")") || --depth > 0) continue;
    const auto inside = tokens_.subspan(1, i - 1);
    last_line_ = tokens_[i].line;
    tokens_ = tokens_.subspan(i + 1);
    return inside;
  }
  return std::exchange(tokens_, {}).subspan(1);
}

std::span<const SqlToken> SqlCursor::until_comma() {
  std::size_t depth = 0;
  std::size_t end = 0;
  for (; end < tokens_.size(); ++end) {
    if (tokens_[end].is("(")) ++depth;
    if (tokens_[end].is(")") && depth > 0) --depth;
    if (depth == 0 && tokens_[end].is(",")) break;
  }
  const auto out = tokens_.first(end);
  tokens_ = tokens_.subspan(std::min(end + 1, tokens_.size()));
  return out;
}

std::vector<std::string> SqlCursor::list() {
  std::vector<std::string> out;
  SqlCursor items(parenthesised());
  while (!items.done()) out.push_back(text_of(items.until_comma()));
  return out;
}

std::string text_of(std::span<const SqlToken> tokens) {
  std::string out;
  for (const SqlToken& token : tokens) {
    if (!out.empty()) out += ' ';
    out += token.text;
  }
  return out;
}

bool has_outside_parentheses(std::span<const SqlToken> tokens, std::initializer_list<std::string_view> keywords) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (depth == 0 && starts_with_all(tokens.subspan(i), keywords)) return true;
    if (tokens[i].is("(")) ++depth;
    if (tokens[i].is(")") && depth > 0) --depth;
  }
  return false;
}

}  // namespace ashlar::sql::detail
