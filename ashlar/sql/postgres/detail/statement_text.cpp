// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/statement_text.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/sql/postgres/detail/errors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

namespace ashlar::sql::postgres::detail {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool starts_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool continues_word(char c) { return starts_word(c) || is_digit(c) || c == '$'; }

struct Token {
  enum class Kind : std::uint8_t { word, parameter, other, end } kind;
  std::string_view text;
};

// Section 4.1 of PostgreSQL's manual, lexical structure.
class Lexer {
 public:
  explicit Lexer(std::string_view sql) : rest_(sql) {}

  Token next() {
    skip_blanks();
    if (rest_.empty()) return {Token::Kind::end, {}};
    const char c = rest_.front();
    if (starts_word(c)) {
      const auto word = take(span_of(continues_word));
      // e'...', with backslash escapes; other prefixes (b, x, n, u&) have none.
      if ((word == "e" || word == "E") && rest_.starts_with('\'')) return quoted('\'', Escapes::backslash);
      return {Token::Kind::word, word};
    }
    if (c == '\'' || c == '"') return quoted(c, Escapes::none);
    if (c == '$') return dollar();
    if (is_digit(c)) return {Token::Kind::other, take(span_of(continues_word))};
    return {Token::Kind::other, take(1)};
  }

 private:
  enum class Escapes : std::uint8_t { none, backslash };

  std::string_view take(std::size_t length) {
    const auto out = rest_.substr(0, length);
    rest_.remove_prefix(out.size());
    return out;
  }
  template <class Accept>
  [[nodiscard]] std::size_t span_of(Accept accept) const {
    return static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), accept) - rest_.begin());
  }

  void skip_blanks() {
    while (true) {
      take(span_of(is_space));
      if (rest_.starts_with("--")) {
        take(rest_.find('\n'));
      } else if (rest_.starts_with("/*")) {
        skip_comment();
      } else {
        return;
      }
    }
  }
  void skip_comment() {  // they nest
    std::size_t depth = 0;
    do {
      if (rest_.starts_with("/*")) {
        ++depth;
        take(2);
      } else if (rest_.starts_with("*/")) {
        --depth;
        take(2);
      } else {
        take(1);
      }
    } while (depth > 0 && !rest_.empty());
  }

  Token quoted(char quote, Escapes escapes) {
    const auto whole = rest_;
    take(1);
    while (!rest_.empty()) {
      const char c = take(1).front();
      if (c == '\\' && escapes == Escapes::backslash) {
        take(1);
      } else if (c == quote) {
        if (!rest_.starts_with(quote)) break;
        take(1);
      }
    }
    return {Token::Kind::other, whole.substr(0, whole.size() - rest_.size())};
  }

  Token dollar() {
    const auto whole = rest_;
    take(1);
    if (const auto digits = span_of(is_digit); digits > 0) return {Token::Kind::parameter, take(digits)};
    take(span_of([](char c) { return continues_word(c) && c != '$'; }));
    if (!rest_.starts_with('$')) return {Token::Kind::other, whole.substr(0, whole.size() - rest_.size())};
    take(1);
    const auto tag = whole.substr(0, whole.size() - rest_.size());
    const auto end = rest_.find(tag);
    take(end == std::string_view::npos ? rest_.size() : end + tag.size());
    return {Token::Kind::other, whole.substr(0, whole.size() - rest_.size())};
  }

  std::string_view rest_;
};

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

std::string in_lower_case(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

// The words that change rows, anywhere in a WITH or an EXPLAIN; FOR UPDATE and FOR NO KEY UPDATE only lock.
bool changes_rows(std::string_view word, std::string_view before) {
  if (word == "update") return before != "for" && before != "key";
  return is_one_of(word, {"insert", "delete", "merge"});
}

class Parameters {
 public:
  explicit Parameters(std::size_t count) : seen_(count) {}
  bool add(std::string_view digits) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || number == 0 || number > seen_.size()) return false;
    seen_[number - 1] = true;
    return true;
  }
  [[nodiscard]] bool complete() const { return std::ranges::find(seen_, false) == seen_.end(); }

 private:
  std::vector<bool> seen_;
};

}  // namespace

Result<Effect> examine(std::string_view sql, std::size_t parameters) {
  if (sql.find('\0') != std::string_view::npos) return std::unexpected(failed("a NUL in a statement"));
  Lexer lexer(sql);
  Parameters seen(parameters);
  std::string first, second, before;
  int changes = 0;
  int inserts = 0;
  bool on_conflict = false;
  bool locks = false;  // select ... for update
  for (Token token = lexer.next(); token.kind != Token::Kind::end; token = lexer.next()) {
    if (token.kind == Token::Kind::parameter && !seen.add(token.text)) {
      return std::unexpected(
          failed("no value for $" + std::string(token.text) + ": " + std::string(sql.substr(0, 500))));
    }
    if (token.kind != Token::Kind::word) {
      if (token.text != "(") before.clear();
      continue;
    }
    auto word = in_lower_case(token.text);
    changes += changes_rows(word, before) ? 1 : 0;
    inserts += word == "insert" ? 1 : 0;
    on_conflict = on_conflict || word == "conflict";
    locks = locks || word == "for";
    if (first.empty()) {
      first = word;
    } else if (second.empty()) {
      second = word;
    }
    before = std::move(word);
  }
  if (first.empty()) return std::unexpected(failed("an empty statement"));
  if (!seen.complete()) {
    return std::unexpected(failed("a value without a parameter: " + std::string(sql.substr(0, 500))));
  }
  if (first == "set" && is_one_of(second, {"local", "transaction", "constraints"})) return Effect::in_transaction;
  if (is_one_of(first, {"begin", "start", "commit", "end", "abort", "rollback", "savepoint", "release", "prepare",
                        "deallocate", "discard", "listen", "unlisten", "copy", "set", "reset", "declare"})) {
    return std::unexpected(failed("not for a shared connection: " + std::string(sql.substr(0, 500))));
  }
  if (is_one_of(first, {"select", "values", "table", "show"})) return Effect::reads;
  const bool adds = changes > 0 && changes == inserts && !on_conflict && !locks;
  if (first == "with" && adds) return Effect::adds;
  if (is_one_of(first, {"with", "explain"})) return changes > 0 ? Effect::writes : Effect::reads;
  if (first == "insert" && adds) return Effect::adds;
  return Effect::writes;
}

}  // namespace ashlar::sql::postgres::detail
