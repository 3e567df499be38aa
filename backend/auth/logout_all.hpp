// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/auth/sessions.hpp"

namespace ashlar::backend {

// Ends every session of the one who asks.
Task<Result<>> logout_all(web::Context& ctx, sql::Database& database, Sessions& sessions);

}  // namespace ashlar::backend
