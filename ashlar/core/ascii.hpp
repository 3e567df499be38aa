// SPDX-License-Identifier: Apache-2.0
#pragma once

// Characters of ASCII, whatever the locale. The rest of UTF-8 is in none of these.
namespace ashlar {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }

}  // namespace ashlar
