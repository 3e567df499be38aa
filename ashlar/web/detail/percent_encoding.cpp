// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/percent_encoding.hpp"

#include "ashlar/core/encoding.hpp"

namespace ashlar::web {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_text(std::string_view text) { return text.find('\0') == text.npos && is_utf8(text); }

}  // namespace

std::optional<std::string_view> percent_decode(std::string_view text, PlusSign plus, std::string& buffer) {
  const std::string_view special = plus == PlusSign::space ? "%+" : "%";
  std::size_t at = text.find_first_of(special);
  if (at == text.npos) return is_text(text) ? std::optional(text) : std::nullopt;
  buffer.assign(text.substr(0, at));
  while (at < text.size()) {
    const char c = text[at];
    if (c == '%') {
      if (text.size() - at < 3) return std::nullopt;
      const int high = hex_value(text[at + 1]), low = hex_value(text[at + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      buffer += static_cast<char>(high * 16 + low);
      at += 3;
    } else {
      buffer += c == '+' && plus == PlusSign::space ? ' ' : c;
      ++at;
    }
  }
  return is_text(buffer) ? std::optional<std::string_view>(buffer) : std::nullopt;
}

bool QueryPieces::next() {
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('&');
    const std::string_view piece = rest_.substr(0, end);
    rest_ = end == rest_.npos ? std::string_view{} : rest_.substr(end + 1);
    if (piece.empty()) continue;
    const std::size_t equals = piece.find('=');
    name_ = piece.substr(0, equals);
    value_ = equals == piece.npos ? std::string_view{} : piece.substr(equals + 1);
    return true;
  }
  return false;
}

}  // namespace ashlar::web
