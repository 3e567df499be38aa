// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// Character classes of RFC 9110 and RFC 3986.
namespace ashlar::http::detail {

// RFC 9110 section 5.5: HTAB, SP, visible ASCII and obs-text; no CR, LF, NUL or other control character.
[[nodiscard]] bool is_field_value(std::string_view text);
// Compares ASCII text, ignoring case.
[[nodiscard]] bool equal_without_case(std::string_view a, std::string_view b);
// The first byte at or after `from` that is not allowed in a line of a message's head (including CR and LF), or `end`.
[[nodiscard]] const char* find_control(const char* from, const char* end);
// RFC 9110 section 4.2.3 and RFC 3986 section 3.2.2: uri-host [ ":" port ], with a non-empty host and no user
// information.
[[nodiscard]] bool is_host_and_port(std::string_view text);

}  // namespace ashlar::http::detail
