// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <string>
#include <string_view>

// What a postgresql:// URL says, without connecting. Nothing here gives out a password: libpq's own complaints, which
// quote what they found, are not passed on.
namespace ashlar::sql::postgres {

[[nodiscard]] bool is_url(std::string_view text);

// Whether libpq can read it. Error sql.unsupported_url, which names a parameter that is unknown.
Result<> check_url(std::string_view url);

// postgresql://USER@HOST:PORT/NAME, of what it holds of these: for people and logs. Empty when it cannot be read.
[[nodiscard]] std::string shown_url(std::string_view url);

}  // namespace ashlar::sql::postgres
