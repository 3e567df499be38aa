// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ashlar::schema::detail {

// The parser refuses a whole text for a number past 64 bits or past a double. Such a text is well-formed, so it is read
// once more with each such number replaced by this one, signed: the largest double, which its member then refuses.
inline constexpr std::string_view largest_number = "1.7976931348623157e308";

// The text with its numbers replaced; nullopt when there is none to replace. Whatever else is wrong with it stays
// wrong.
std::optional<std::string> replace_large_numbers(std::string_view json);

}  // namespace ashlar::schema::detail
