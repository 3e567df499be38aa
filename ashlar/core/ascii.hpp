// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

// ASCII characters, independent of the locale. The other bytes of UTF-8 belong to none of these classes, and
// ascii_lower() does not change them.
namespace ashlar {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }
constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// The value of a hexadecimal digit of either case, 0 to 15; -1 for any other character.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char letter = ascii_lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}
constexpr bool is_hex_digit(char c) { return hex_value(c) >= 0; }

inline constexpr std::string_view hex_digits = "0123456789abcdef";

// For each byte, whether it is a letter, a digit or one of `others`.
constexpr std::array<bool, 256> alphabet(std::string_view extra) {
  std::array<bool, 256> out{};
  for (std::size_t c = 0; c < 128; ++c) out[c] = is_alphanumeric(static_cast<char>(c));
  for (const char c : extra) out[static_cast<unsigned char>(c)] = true;
  return out;
}

}  // namespace ashlar
