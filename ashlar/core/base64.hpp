// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ashlar {

// RFC 4648 section 4: the standard alphabet with padding. Decoding is strict: no white space, padding to a multiple of
// four characters, unused bits zero; anything else is nullopt. The URL-safe alphabet is in encoding.hpp.
[[nodiscard]] std::string to_base64(std::span<const std::byte> bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace ashlar
