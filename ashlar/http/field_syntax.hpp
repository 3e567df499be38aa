// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/ascii.hpp"

#include <algorithm>
#include <string_view>

// The grammar shared by the values of many header fields: RFC 9110 section 5.6.
namespace ashlar::http {

namespace detail {
inline constexpr auto token_characters = alphabet("!#$%&'*+-.^_`|~");
}  // namespace detail

constexpr bool is_token_character(char c) { return detail::token_characters[static_cast<unsigned char>(c)]; }
// At least one character, all of them token characters.
constexpr bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}
// Without the optional white space around it: spaces and tabs.
constexpr std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == text.npos ? std::string_view{} : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace ashlar::http
