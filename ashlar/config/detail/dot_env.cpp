// SPDX-License-Identifier: Apache-2.0
#include "ashlar/config/detail/dot_env.hpp"

#include "ashlar/core/ascii.hpp"

#include <expected>
#include <optional>

namespace ashlar::config::detail {
namespace {

bool is_name_start(char c) { return is_letter(c) || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  DotEnv parse() {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;  // some editors put a byte order mark there
    while (at_ < text_.size()) statement();
    return std::move(out_);
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\n'; }
  [[nodiscard]] bool at_line_end() const {
    return peek() == '\n' || (peek() == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
  }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  void next_line() {
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    if (at_ < text_.size()) ++at_;
    ++line_;
  }
  void fault(std::size_t line, std::string message) { out_.faults.push_back({line, std::move(message)}); }

  std::string_view name() {
    const std::size_t start = at_;
    if (is_name_start(peek())) {
      while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
    }
    return text_.substr(start, at_ - start);
  }

  void statement() {
    skip_blanks();
    if (at_line_end() || peek() == '#') return next_line();
    const std::size_t line = line_;
    std::string_view variable = name();
    if (variable == "export" && is_blank(peek())) {
      skip_blanks();
      variable = name();
    }
    skip_blanks();
    if (variable.empty() || peek() != '=') {
      fault(line, "expected NAME=value, where a name is of letters, digits and _");
      return next_line();
    }
    ++at_;
    skip_blanks();
    auto read = value();
    if (!read) {
      fault(line, std::move(read.error()));
      return next_line();
    }
    if (read->find('\0') != std::string::npos) {
      fault(line, "a value cannot hold a NUL byte");
    } else if (!out_.variables.emplace(variable, std::move(*read)).second) {
      fault(line, std::string(variable) + " is set a second time");
    }
    next_line();
  }

  std::expected<std::string, std::string> value() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return bare();
    ++at_;
    auto out = quoted(quote);
    if (!out) return out;
    skip_blanks();
    if (!at_line_end() && peek() != '#')
      return std::unexpected(std::string("expected the end of the line after the closing quote"));
    return out;
  }

  std::string bare() {
    const std::size_t start = at_;
    std::size_t end = start;  // after the last character that is not blank
    for (; !at_line_end(); ++at_) {
      if (text_[at_] == '#' && (at_ == start || is_blank(text_[at_ - 1]))) break;
      if (!is_blank(text_[at_])) end = at_ + 1;
    }
    return std::string(text_.substr(start, end - start));
  }

  std::expected<std::string, std::string> quoted(char quote) {
    std::string out;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == quote) {
        ++at_;
        return out;
      }
      if (c == '\n') ++line_;
      if (c != '\\' || quote == '\'') {
        out += c;
        continue;
      }
      ++at_;
      const auto escaped = unescaped(at_ < text_.size() ? text_[at_] : '\0');
      if (!escaped)
        return std::unexpected(std::string(R"(expected \n, \r, \t, \", \\ or \$ after a backslash in double quotes)"));
      out += *escaped;
    }
    return std::unexpected(std::string("the quote that begins the value is never closed"));
  }

  static std::optional<char> unescaped(char c) {
    switch (c) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case '"':
      case '\\':
      case '$':
        return c;
      default:
        return std::nullopt;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  DotEnv out_;
};

}  // namespace

DotEnv parse_dot_env(std::string_view text) { return Parser(text).parse(); }

}  // namespace ashlar::config::detail
