// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <string>
#include <string_view>

// Parses a postgresql:// URL without connecting. No result contains a password; libpq's own messages, which quote the
// URL, are not passed on.
namespace ashlar::sql::postgres {

[[nodiscard]] bool is_url(std::string_view text);

// Whether libpq accepts it. Error sql.unsupported_url, which names an unknown parameter.
Result<> check_url(std::string_view url);

// postgresql://USER@HOST:PORT/NAME, as far as present: for people and logs. Empty when it cannot be parsed.
[[nodiscard]] std::string shown_url(std::string_view url);

}  // namespace ashlar::sql::postgres
