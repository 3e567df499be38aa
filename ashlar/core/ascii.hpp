// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

// Characters of ASCII, whatever the locale. The rest of UTF-8 is in none of these.
namespace ashlar {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }

// For each byte whether it is a letter, a digit or one of these.
constexpr std::array<bool, 256> alphabet(std::string_view extra) {
  std::array<bool, 256> out{};
  for (std::size_t c = 0; c < 128; ++c) out[c] = is_alphanumeric(static_cast<char>(c));
  for (const char c : extra) out[static_cast<unsigned char>(c)] = true;
  return out;
}

}  // namespace ashlar
