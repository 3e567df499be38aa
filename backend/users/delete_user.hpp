// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/users/user.hpp"

namespace ashlar::backend {

struct DeleteUser {
  Uuid id;
};
ASHLAR_DESCRIBE(DeleteUser, id)

// Takes the user's posts along and ends the user's sessions. The last admin stays.
Task<Result<>> delete_user(web::Context& ctx, DeleteUser in, sql::Database& database, Sessions& sessions);

}  // namespace ashlar::backend
