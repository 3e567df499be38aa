// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/sql_tokens.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace ashlar::sql::detail {
namespace {

using Kind = SqlToken::Kind;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string folded(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

class ScriptReader {
 public:
  ScriptReader(std::string_view text, Dialect dialect) : text_(text), sqlite_(dialect == Dialect::sqlite) {}

  SqlScript read() {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    while (at_ < text_.size() && !script_.fault) read_one();
    if (!script_.fault && depth_ > 0) set_fault("a parenthesis that is not closed", open_line_);
    if (!script_.fault && blocks_ > 0) set_fault("a BEGIN without its END", statement_.tokens.front().line);
    if (!script_.fault) end_statement();
    script_.trailing = std::move(statement_.comments);
    return std::move(script_);
  }

 private:
  void read_one() {
    const char c = text_[at_];
    if (is_blank(c)) {
      step(1);
    } else if (starts("--")) {
      read_line_comment();
    } else if (starts("/*")) {
      read_block_comment();
    } else if (c == '\'') {
      read_string(Escapes::no);
    } else if (c == '"' || (sqlite_ && (c == '`' || c == '['))) {
      read_name(c == '[' ? ']' : c);
    } else if (c == '$' && !sqlite_ && read_dollar_string()) {
    } else if (is_letter(c)) {
      read_word();
    } else if (is_digit(c) || c == '$') {
      read_number();
    } else {
      read_symbol(c);
    }
  }

  enum class Escapes : unsigned char { no, backslash };

  bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }
  char ahead(std::size_t by) const { return at_ + by < text_.size() ? text_[at_ + by] : '\0'; }

  // Every byte is passed here once, so lines are counted in linear time.
  void step(std::size_t by) {
    const std::size_t to = std::min(at_ + by, text_.size());
    line_ += static_cast<std::size_t>(std::ranges::count(text_.substr(at_, to - at_), '\n'));
    at_ = to;
  }

  void set_fault(std::string what, std::size_t line) {
    script_.fault = {.what = std::move(what), .line = line};
    at_ = text_.size();
  }

  void push(Kind kind, std::string text, std::size_t line) {
    statement_.tokens.push_back({.kind = kind, .text = std::move(text), .line = line});
  }

  void add_comment(std::string_view content, std::size_t line) {
    SqlComment comment{.text = trimmed(content), .line = line};
    if (statement_.tokens.empty() && line == ended_line_ && !script_.statements.empty()) {
      script_.statements.back().comments.push_back(std::move(comment));
    } else {
      statement_.comments.push_back(std::move(comment));
    }
  }

  // PostgreSQL ends a comment at a carriage return as well: what follows it is executed.
  void read_line_comment() {
    const std::size_t line = line_;
    const std::size_t end = std::min(text_.find_first_of(sqlite_ ? "\n" : "\n\r", at_), text_.size());
    const std::string_view content = text_.substr(at_ + 2, end - at_ - 2);
    step(end - at_);
    add_comment(content, line);
  }

  // PostgreSQL's block comments nest, SQLite's do not.
  void read_block_comment() {
    const std::size_t line = line_;
    std::size_t depth = 1;
    std::size_t end = at_ + 2;
    while (depth > 0) {
      const std::size_t mark = text_.find_first_of("*/", end);
      if (mark == std::string_view::npos || mark + 1 >= text_.size()) {
        return set_fault("a comment that does not end", line);
      }
      if (text_.substr(mark, 2) == "*/") {
        --depth;
        end = mark + 2;
      } else if (!sqlite_ && text_.substr(mark, 2) == "/*") {
        ++depth;
        end = mark + 2;
      } else {
        end = mark + 1;
      }
    }
    const std::string_view content = text_.substr(at_ + 2, end - at_ - 4);
    step(end - at_);
    add_comment(content, line);
  }

  // The content of what the quote at `at_` begins; a doubled quote stands for one.
  std::optional<std::string> read_quoted(char quote, Escapes escapes) {
    std::string out;
    std::size_t at = at_ + 1;
    while (at < text_.size()) {
      if (escapes == Escapes::backslash && text_[at] == '\\' && at + 1 < text_.size()) {
        out += text_[at + 1];
        at += 2;
      } else if (text_[at] == quote) {
        if (at + 1 >= text_.size() || text_[at + 1] != quote || quote == ']') {
          step(at + 1 - at_);
          return out;
        }
        out += quote;
        at += 2;
      } else {
        out += text_[at++];
      }
    }
    return std::nullopt;
  }

  void read_string(Escapes escapes) {
    while (true) {
      const std::size_t line = line_;
      auto content = read_quoted('\'', escapes);
      if (!content) return set_fault("a string that does not end", line);
      push(Kind::text, std::move(*content), line);
      if (escapes == Escapes::no) return;
      // E'a' and, after a line break, 'b' are one string with the same escapes.
      const std::size_t next = std::min(text_.find_first_not_of(" \t\n\v\f\r", at_), text_.size());
      if (next == text_.size() || text_[next] != '\'') return;
      if (text_.substr(at_, next - at_).find_first_of("\n\r") == std::string_view::npos) return;
      step(next - at_);
    }
  }

  void read_name(char quote) {
    const std::size_t line = line_;
    auto content = read_quoted(quote, Escapes::no);
    if (!content) return set_fault("a quoted name that does not end", line);
    push(Kind::name, sqlite_ ? folded(*content) : std::move(*content), line);
  }

  // $tag$ ... $tag$, but not the parameter $1.
  bool read_dollar_string() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && (is_letter(text_[end]) || (is_digit(text_[end]) && end > at_ + 1))) ++end;
    if (end >= text_.size() || text_[end] != '$') return false;
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    const std::size_t line = line_;
    const std::size_t close = text_.find(tag, end + 1);
    if (close == std::string_view::npos) {
      set_fault("a string in " + std::string(tag) + " that does not end", line);
      return true;
    }
    push(Kind::text, std::string(text_.substr(end + 1, close - end - 1)), line);
    step(close + tag.size() - at_);
    return true;
  }

  void read_word() {
    const std::size_t from = at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '$')) ++at_;
    std::string word = folded(text_.substr(from, at_ - from));
    if (ahead(0) == '\'' && (word == "b" || word == "x" || word == "n")) return read_string(Escapes::no);
    if (ahead(0) == '\'' && word == "e" && !sqlite_) return read_string(Escapes::backslash);
    if (word == "u" && !sqlite_ && ahead(0) == '&' && (ahead(1) == '\'' || ahead(1) == '"')) return step(1);
    count_block(word);
    push(Kind::word, std::move(word), line_);
  }

  void read_number() {
    const std::size_t from = at_++;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    push(Kind::number, std::string(text_.substr(from, at_ - from)), line_);
  }

  void read_symbol(char c) {
    step(1);
    if (c == '(') {
      if (depth_++ == 0) open_line_ = line_;
    } else if (c == ')' && depth_-- == 0) {
      return set_fault("a closing parenthesis without an opening one", line_);
    } else if (c == ';' && depth_ == 0 && blocks_ == 0) {
      return end_statement();
    }
    push(Kind::symbol, std::string(1, c), line_);
  }

  // The body of a trigger in SQLite, and BEGIN ATOMIC in PostgreSQL, contain statements with their semicolons.
  void count_block(const std::string& word) {
    if (blocks_ > 0) {
      if (word == "case" || word == "begin") ++blocks_;
      if (word == "end") --blocks_;
      return;
    }
    if (sqlite_ && word == "begin" && is_create("trigger")) blocks_ = 1;
    if (!sqlite_ && word == "atomic" && !statement_.tokens.empty() && statement_.tokens.back().is("begin") &&
        (is_create("function") || is_create("procedure"))) {
      blocks_ = 1;
    }
  }

  bool is_create(std::string_view kind) const {
    const auto& tokens = statement_.tokens;
    if (tokens.empty() || !tokens.front().is("create")) return false;
    const auto head = std::span(tokens).first(std::min<std::size_t>(tokens.size(), 4));
    return std::ranges::any_of(head, [&](const SqlToken& token) { return token.is(kind); });
  }

  void end_statement() {
    ended_line_ = line_;
    blocks_ = 0;
    if (statement_.tokens.empty()) return;
    script_.statements.push_back(std::exchange(statement_, {}));
  }

  std::string_view text_;
  bool sqlite_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t depth_ = 0;       // of parentheses
  std::size_t blocks_ = 0;      // of BEGIN and CASE
  std::size_t open_line_ = 1;   // of the outermost open parenthesis
  std::size_t ended_line_ = 0;  // of the last semicolon
  SqlStatement statement_;
  SqlScript script_;
};

}  // namespace

SqlScript read_sql(std::string_view text, Dialect dialect) { return ScriptReader(text, dialect).read(); }

}  // namespace ashlar::sql::detail
