// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// Conversions between bytes and text.
namespace ashlar {

[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);  // lower case

// RFC 4648 section 5: the URL-safe alphabet, without padding. Decoding is strict: no white space, no padding, no
// characters of other alphabets, unused bits zero; anything else is nullopt.
[[nodiscard]] std::string to_base64url(std::span<const std::byte> bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

// Whether the text is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view text);

// The number of code points in well-formed UTF-8. Lengths in schemas count these, as JSON Schema does.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

// Changes ASCII letters only.
[[nodiscard]] std::string ascii_lower(std::string_view text);
[[nodiscard]] bool ascii_iequals(std::string_view a, std::string_view b);

}  // namespace ashlar
