// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ashlar::schema::detail {

// The parser refuses a whole text for an integer past 64 bits or a number past a double. Such a text is well-formed, so
// it is read once more with each such integer in the form of a double (that of the same value), and each such number
// replaced by the largest double, which its member then refuses.
inline constexpr std::string_view largest_number = "1.7976931348623157e308";

struct ReplacedNumbers {
  std::string json;
  bool any_past_double = false;  // whether `largest_number` may stand for another
};

// nullopt when there is no such number. Whatever else is wrong with the text stays wrong.
std::optional<ReplacedNumbers> replace_large_numbers(std::string_view json);

}  // namespace ashlar::schema::detail
