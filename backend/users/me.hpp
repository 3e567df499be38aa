// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/users/user.hpp"

namespace ashlar::backend {

// The account of the one who asks.
Task<Result<User>> me(web::Context& ctx, sql::Database& database);

}  // namespace ashlar::backend
