// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <libpq-fe.h>

#include <string>
#include <string_view>

namespace ashlar::sql::postgres::detail {

Error unavailable(std::string cause);
Error unsuitable(std::string cause);
Error outcome_unknown(std::string cause);
Error timed_out(std::string cause);
Error failed(std::string cause);
Error serialization(std::string cause);

// SQLSTATE of a result that is an error; empty when the connection broke instead.
std::string_view state_of(const PGresult* result);

// SQLSTATE of a write where only reading is allowed: on a standby, or in a read-only session.
inline constexpr std::string_view read_only_state = "25006";

// Whether an error of this SQLSTATE is one of the session or its server process, so that another session may succeed:
// a lost or ended connection (08, 57P), exhausted memory of the process, an internal error. Appendix A of the manual.
bool spoils_session(std::string_view state);

// The Error for a result of the server's, by its SQLSTATE. `sql` goes into the cause of what is our bug.
Error error_of(const PGresult* result, std::string_view sql);

// Whether the server has forgotten the prepared statement, or its plan's columns have changed: nothing was run, and
// preparing it once more helps.
bool is_stale_statement(const PGresult* result);

// The connection's last error in one line, for a cause.
std::string message_of(const PGconn* connection);

}  // namespace ashlar::sql::postgres::detail
