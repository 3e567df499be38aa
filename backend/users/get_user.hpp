// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/users/user.hpp"

namespace ashlar::backend {

struct GetUser {
  Uuid id;
};
ASHLAR_DESCRIBE(GetUser, id)

Task<Result<User>> get_user(web::Context& ctx, GetUser in, sql::Database& database);

}  // namespace ashlar::backend
