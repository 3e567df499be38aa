// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/type.hpp"

#include <cstddef>
#include <optional>

namespace ashlar::web::detail {

// What a body may have besides the values of its type: white space, and enough of a text that is too long to say so
// (422) instead of refusing the body (413).
inline constexpr std::size_t body_slack_bytes = 16 * 1024;

// A number of bytes that no JSON or urlencoded body of a valid value exceeds, however its text is escaped: 12 bytes a
// code point (a pair of \uXXXX; or four escaped bytes in a form). nullopt: the type sets no bound (a text or an array
// without a maximum).
[[nodiscard]] std::optional<std::size_t> body_bytes_bound(const schema::Type& type);

}  // namespace ashlar::web::detail
