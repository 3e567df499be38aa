// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/type.hpp"

#include <cstddef>
#include <optional>

namespace ashlar::web::detail {

// Additional bytes of a body beyond its values: white space, and room to report a text that is too long (422) instead
// of refusing the body (413).
inline constexpr std::size_t body_slack_bytes = 16 * 1024;

// A number of bytes that no JSON or urlencoded body of a valid value exceeds, however its text is escaped: 12 bytes per
// code point (a pair of \uXXXX; or four escaped bytes in a form). nullopt: the type is unbounded (a text or an array
// without a maximum).
[[nodiscard]] std::optional<std::size_t> body_bytes_bound(const schema::Type& type);

}  // namespace ashlar::web::detail
