// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>

// Parsers for parts of short texts: words and integers.
namespace ashlar {

// Parses the whole text as an integer: decimal digits, after a '-' where the type is signed; leading zeros are allowed.
// nullopt for anything else and for a number outside the type's range.
template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>)
[[nodiscard]] std::optional<T> parse_integer(std::string_view text) {
  T out{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return out;
}

// Removes the first word and the one space after it from the text and returns the word. Returns an empty word when the
// text begins with a space or is empty.
[[nodiscard]] inline std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

}  // namespace ashlar
