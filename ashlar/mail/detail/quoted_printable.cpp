// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/detail/quoted_printable.hpp"

#include <algorithm>
#include <cstddef>

namespace ashlar::mail::detail {

namespace {

constexpr std::size_t line_max = 76;  // with the "=" of a soft line break
constexpr std::string_view digits = "0123456789ABCDEF";

bool is_literal(char c, bool ends_line) {
  if (c == ' ' || c == '\t') return !ends_line;  // mail servers cut white space at the end of a line
  return c > ' ' && c <= '~' && c != '=';
}

void append_line(std::string_view line, std::string& out) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool ends_line = i + 1 == line.size();
    const bool literal = is_literal(line[i], ends_line);
    const std::size_t width = literal ? 1 : 3;
    if (column + width > (ends_line ? line_max : line_max - 1)) {
      out += "=\r\n";
      column = 0;
    }
    if (literal) {
      out += line[i];
    } else {
      const auto byte = static_cast<unsigned char>(line[i]);
      out.append({'=', digits[byte >> 4], digits[byte & 15]});
    }
    column += width;
  }
  out += "\r\n";
}

}  // namespace

void append_quoted_printable(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    append_line(text.substr(0, end), out);
    text.remove_prefix(end);
    if (text.starts_with("\r\n")) {
      text.remove_prefix(2);
    } else if (!text.empty()) {
      text.remove_prefix(1);
    }
  }
}

}  // namespace ashlar::mail::detail
