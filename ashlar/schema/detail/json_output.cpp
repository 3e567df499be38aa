// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/detail/json_output.hpp"

#include "ashlar/core/ascii.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace ashlar::schema::detail {
namespace {

// Non-zero when one of the eight bytes needs an escape, marked by its highest bit; the marks of the bytes after the
// first one may be wrong. After toggling bit 1, '"' becomes 0x20 and control characters stay below it.
std::uint64_t escaped_in(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101U, high = 0x8080808080808080U;
  const std::uint64_t quote = (word ^ (ones * 2)) - (ones * 0x21), backslash = (word ^ (ones * '\\')) - ones;
  return (quote | backslash) & ~word & high;
}

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

// At most six bytes; returns the end.
char* put_escape(char c, char* at) {
  const auto put_short = [at](char letter) {
    at[0] = '\\';
    at[1] = letter;
    return at + 2;
  };
  switch (c) {
    case '"':
    case '\\':
      return put_short(c);
    case '\b':
      return put_short('b');
    case '\f':
      return put_short('f');
    case '\n':
      return put_short('n');
    case '\r':
      return put_short('r');
    case '\t':
      return put_short('t');
    default:
      break;
  }
  at = std::ranges::copy(std::string_view("\\u00"), at).out;
  *at++ = hex_digits[static_cast<unsigned char>(c) >> 4];
  *at++ = hex_digits[static_cast<unsigned char>(c) & 15];
  return at;
}

}  // namespace

void JsonOutput::append(std::string_view text) {
  if (text.size() > piece_bytes_max) {
    finish();
    out_.append(text);
    return;
  }
  char* at = room(text.size());
  written_until(std::ranges::copy(text, at).out);
}

std::size_t copy_unescaped(std::string_view text, char* to) {
  const auto copy_eight = [&](std::size_t at) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    std::memcpy(to + at, &word, 8);
    return escaped_in(word);
  };
  std::size_t at = 0;
  if (text.size() >= 8) {
    const std::size_t last = text.size() - 8;
    while (at < last && copy_eight(at) == 0) at += 8;
    if (at >= last && copy_eight(last) == 0) return text.size();  // the last eight: some of them may be copied twice
  }
  for (; at < text.size() && !needs_escape(text[at]); ++at) to[at] = text[at];
  return at;
}

void append_quoted(std::string_view text, JsonOutput& out) {
  constexpr std::size_t escape_bytes_max = 6;
  out.append('"');
  while (!text.empty()) {
    const auto piece = text.substr(0, JsonOutput::piece_bytes_max - escape_bytes_max);
    char* at = out.room(JsonOutput::piece_bytes_max);
    const std::size_t copied = copy_unescaped(piece, at);
    at += copied;
    if (copied < piece.size()) at = put_escape(piece[copied], at);
    out.written_until(at);
    text.remove_prefix(copied < piece.size() ? copied + 1 : copied);
  }
  out.append('"');
}

void append_quoted(const Access& access, const void* value, JsonOutput& out) {
  std::string text;
  access.append_text(value, text);
  append_quoted(text, out);
}

}  // namespace ashlar::schema::detail
