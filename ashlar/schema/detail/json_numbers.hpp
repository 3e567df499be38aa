// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ashlar::schema::detail {

// The parser refuses a whole text for an integer outside 64 bits or a number outside the range of a double. Such a text
// is well-formed, so it is parsed once more: each such integer is rewritten as a double of the same value, and each
// such number is replaced by the largest double, which its member then refuses.
inline constexpr std::string_view largest_number = "1.7976931348623157e308";

struct ReplacedNumbers {
  std::string json;
  bool any_past_double = false;  // whether `largest_number` may be a replacement
};

// nullopt when there is no such number. Other defects of the text remain.
std::optional<ReplacedNumbers> replace_large_numbers(std::string_view json);

}  // namespace ashlar::schema::detail
