// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// HTTP-date (RFC 9110 section 5.6.7), as whole seconds since 1970-01-01T00:00:00Z.
namespace ashlar::http {

// "Sun, 06 Nov 1994 08:49:37 GMT"
[[nodiscard]] std::string to_http_date(std::int64_t seconds);

// Parses all three formats: that one, "Sunday, 06-Nov-94 08:49:37 GMT" (years 1970 to 2069), and "Sun Nov  6 08:49:37
// 1994". The day name is not checked against the date. nullopt for a date that does not exist.
[[nodiscard]] std::optional<std::int64_t> parse_http_date(std::string_view text);

}  // namespace ashlar::http
