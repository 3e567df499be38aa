// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/users/user.hpp"

namespace ashlar::backend {

Task<Result<User>> get_user(api::Call& call, api::ById in, sql::Database& database);

}  // namespace ashlar::backend
