// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/lexer.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"

#include <algorithm>
#include <vector>

namespace ashlar::graphql::detail {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool begins_name(char c) { return is_letter(c) || c == '_'; }
bool continues_name(char c) { return is_alphanumeric(c) || c == '_'; }

void append_utf8(std::uint32_t code_point, std::string& out) {
  const auto push = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) return push(code_point);
  if (code_point < 0x800) {
    push(0xC0 | code_point >> 6);
  } else if (code_point < 0x10000) {
    push(0xE0 | code_point >> 12);
    push(0x80 | (code_point >> 6 & 0x3F));
  } else {
    push(0xF0 | code_point >> 18);
    push(0x80 | (code_point >> 12 & 0x3F));
    push(0x80 | (code_point >> 6 & 0x3F));
  }
  push(0x80 | (code_point & 0x3F));
}

bool is_surrogate(std::uint32_t code_point) { return code_point >= 0xD800 && code_point <= 0xDFFF; }

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t end = text.find_first_of("\n\r");
    out.push_back(text.substr(0, end));
    if (end == text.npos) return out;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

}  // namespace

Lexer::Lexer(std::string_view source) : source_(source) {
  if (source_.starts_with(byte_order_mark)) at_ = counted_to_ = byte_order_mark.size();
}

Location Lexer::here() const {
  if (at_ > counted_to_) {
    counted_column_ += static_cast<std::uint32_t>(utf8_length(source_.substr(counted_to_, at_ - counted_to_)));
    counted_to_ = at_;
  }
  return {.line = line_, .column = counted_column_};
}

std::unexpected<RequestError> Lexer::refuse(std::string message) const {
  return std::unexpected(RequestError{
      .code = errors::syntax_error, .message = "Syntax error: " + std::move(message), .locations = {here()}});
}

// The character here, for a message.
std::string Lexer::found() const {
  if (ended()) return "the end of the document";
  if (peek() == '\n' || peek() == '\r') return "the end of the line";
  if (static_cast<unsigned char>(peek()) < 0x20 || peek() == '\x7F') return "a control character";
  std::size_t size = 1;
  while ((static_cast<unsigned char>(peek(size)) & 0xC0) == 0x80) ++size;
  return "\"" + std::string(source_.substr(at_, size)) + "\"";
}

void Lexer::end_line() {
  at_ += has("\r\n") ? 2 : 1;
  ++line_;
  counted_to_ = at_;
  counted_column_ = 1;
}

void Lexer::skip_ignored() {
  while (!ended()) {
    const char c = peek();
    if (c == ' ' || c == '\t' || c == ',') {
      ++at_;
    } else if (c == '\n' || c == '\r') {
      end_line();
    } else if (c == '#') {
      at_ = std::min(source_.find_first_of("\n\r", at_), source_.size());
    } else if (has(byte_order_mark)) {
      at_ += byte_order_mark.size();
    } else {
      return;
    }
  }
}

Lexer::Read Lexer::next() {
  skip_ignored();
  const Location at = here();
  if (ended()) return Token{.kind = Token::Kind::end, .text = {}, .at = at};
  const char c = peek();
  if (begins_name(c)) {
    const std::size_t begin = at_;
    while (continues_name(peek())) ++at_;
    return Token{.kind = Token::Kind::name, .text = std::string(source_.substr(begin, at_ - begin)), .at = at};
  }
  if (is_digit(c) || c == '-') return number(at);
  if (has(R"(""")")) return block_string(at);
  if (c == '"') return string(at);
  if (has("...")) {
    at_ += 3;
    return Token{.kind = Token::Kind::punctuator, .text = "...", .at = at};
  }
  if (c != '\0' && std::string_view("!$&():=@[]{|}").contains(c)) {
    ++at_;
    return Token{.kind = Token::Kind::punctuator, .text = std::string(1, c), .at = at};
  }
  return refuse("unexpected " + found() + ".");
}

bool Lexer::digits() {
  if (!is_digit(peek())) return false;
  while (is_digit(peek())) ++at_;
  return true;
}

// Section 2.9.1 and 2.9.2. No digit, dot or name begins directly after a number.
Lexer::Read Lexer::number(Location at) {
  const std::size_t begin = at_;
  Token::Kind kind = Token::Kind::integer;
  if (peek() == '-') ++at_;
  if (peek() == '0') {
    ++at_;
    if (is_digit(peek())) return refuse("a number has no leading zero; unexpected " + found() + ".");
  } else if (!digits()) {
    return refuse("a digit was expected, not " + found() + ".");
  }
  if (peek() == '.') {
    kind = Token::Kind::floating;
    ++at_;
    if (!digits()) return refuse("a digit was expected, not " + found() + ".");
  }
  if (peek() == 'e' || peek() == 'E') {
    kind = Token::Kind::floating;
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    if (!digits()) return refuse("a digit was expected, not " + found() + ".");
  }
  if (peek() == '.' || begins_name(peek())) return refuse("a number ends before " + found() + ".");
  return Token{.kind = kind, .text = std::string(source_.substr(begin, at_ - begin)), .at = at};
}

Lexer::Read Lexer::string(Location at) {
  ++at_;
  std::string out;
  while (true) {
    if (ended() || peek() == '\n' || peek() == '\r') return refuse("the string does not end on its line.");
    const char c = peek();
    if (c == '"') break;
    if (c == '\\') {
      if (auto read = escape(out); !read) return std::unexpected(std::move(read.error()));
    } else {
      out += c;
      ++at_;
    }
  }
  ++at_;
  return Token{.kind = Token::Kind::string, .text = std::move(out), .at = at};
}

std::expected<void, RequestError> Lexer::escape(std::string& out) {
  constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
  const char letter = peek(1);
  if (letter != 'u') {
    const std::size_t which = letter == '\0' ? letters.npos : letters.find(letter);
    if (which == letters.npos) return refuse("the string has an unknown escape.");
    out += meanings[which];
    at_ += 2;
    return {};
  }
  const std::size_t begin = at_;
  const auto refuse_it = [&]() -> std::expected<void, RequestError> {
    at_ = begin;
    return refuse("the escape is no Unicode scalar value.");
  };
  at_ += 2;
  if (peek() == '{') {
    ++at_;
    const auto code_point = hex(0);
    if (!code_point || peek() != '}' || *code_point > 0x10FFFF || is_surrogate(*code_point)) return refuse_it();
    ++at_;
    append_utf8(*code_point, out);
    return {};
  }
  const auto first = hex(4);
  if (!first) return refuse_it();
  if (!is_surrogate(*first)) {
    append_utf8(*first, out);
    return {};
  }
  if (*first >= 0xDC00 || !has("\\u")) return refuse_it();
  at_ += 2;
  const auto second = hex(4);
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return refuse_it();
  append_utf8(0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00), out);
  return {};
}

// That many digits; 0: one or more.
std::optional<std::uint32_t> Lexer::hex(std::size_t digits_max) {
  constexpr std::uint32_t more_than_unicode = 0x110000;
  std::uint32_t value = 0;
  std::size_t count = 0;
  for (; is_hex_digit(peek()) && (digits_max == 0 || count < digits_max); ++count, ++at_)
    value = std::min(value * 16 + static_cast<std::uint32_t>(hex_value(peek())), more_than_unicode);
  if (count == 0 || count < digits_max) return std::nullopt;
  return value;
}

Lexer::Read Lexer::block_string(Location at) {
  at_ += 3;
  std::string raw;
  while (!has(R"(""")")) {
    if (ended()) return refuse("the block string does not end.");
    if (has(R"(\""")")) {
      raw += R"(""")";
      at_ += 4;
    } else if (peek() == '\n' || peek() == '\r') {
      end_line();
      raw += '\n';
    } else {
      raw += peek();
      ++at_;
    }
  }
  at_ += 3;
  return Token{.kind = Token::Kind::string, .text = block_string_value(raw), .at = at};
}

std::string block_string_value(std::string_view raw) {
  constexpr std::string_view blanks = " \t";
  std::vector<std::string_view> lines = lines_of(raw);
  std::size_t common = raw.npos;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t indent = lines[i].find_first_not_of(blanks);
    if (indent != raw.npos) common = std::min(common, indent);
  }
  for (std::size_t i = 1; i < lines.size(); ++i)
    if (common != raw.npos) lines[i].remove_prefix(std::min(common, lines[i].size()));
  const auto is_blank = [&](std::string_view line) { return line.find_first_not_of(blanks) == line.npos; };
  while (!lines.empty() && is_blank(lines.back())) lines.pop_back();
  const auto first = std::ranges::find_if_not(lines, is_blank);
  std::string out;
  for (auto line = first; line != lines.end(); ++line) {
    if (line != first) out += '\n';
    out += *line;
  }
  return out;
}

}  // namespace ashlar::graphql::detail
