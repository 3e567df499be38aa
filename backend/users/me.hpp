// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/users/user.hpp"

namespace ashlar::backend {

// The caller's account.
Task<Result<User>> me(api::UserCall& call, sql::Database& database);

}  // namespace ashlar::backend
