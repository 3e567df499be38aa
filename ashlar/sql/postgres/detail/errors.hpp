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

// The SQLSTATE of an error result; empty when the connection broke instead.
std::string_view state_of(const PGresult* result);

// The SQLSTATE of a write in a read-only session or on a standby.
inline constexpr std::string_view read_only_state = "25006";

// Whether an error of this SQLSTATE concerns the session or its server process, so that another session may succeed: a
// lost or ended connection (08, 57P), exhausted memory of the process, an internal error. Appendix A of the manual.
bool spoils_session(std::string_view state);

// The Error for a result of the server, by its SQLSTATE. `sql` is added to the cause of errors that are our bugs.
Error error_of(const PGresult* result, std::string_view sql);

// Whether the server has lost the prepared statement, or its result columns have changed: nothing was run, and
// preparing it again helps.
bool is_stale_statement(const PGresult* result);

// The connection's last error as one line, for a cause.
std::string message_of(const PGconn* connection);

}  // namespace ashlar::sql::postgres::detail
