// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/users/user.hpp"

#include <optional>

namespace ashlar::backend {

struct UpdateUser {
  Uuid id;
  std::optional<UserName> name;
  std::optional<Email> email;
  std::optional<Nullable<Age>> age;
  std::optional<RoleName> role;
};
ASHLAR_DESCRIBE(UpdateUser, id, name, email, age, role)

// Another role ends the user's sessions, so that no token speaks for the old one.
Task<Result<User>> update_user(web::Context& ctx, UpdateUser in, sql::Database& database, Sessions& sessions);

}  // namespace ashlar::backend
