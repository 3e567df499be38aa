// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <string_view>

struct sqlite3;

namespace ashlar::sql::sqlite::detail {

// The Error for the connection's last failure (its extended result code and message). `sql` is added to the cause of
// errors that are our bugs.
Error error_of(sqlite3* connection, std::string_view sql);
Error unavailable(std::string cause);
Error failed(std::string cause);

}  // namespace ashlar::sql::sqlite::detail
