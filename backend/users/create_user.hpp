// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/auth/password.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/users/user.hpp"

#include <optional>

namespace ashlar::backend {

struct CreateUser {
  UserName name;
  Email email;
  Password password;
  std::optional<Age> age;
  std::optional<RoleName> role;  // "user" when absent; only an admin may give another

  static CreateUser example();
};
ASHLAR_DESCRIBE(CreateUser, name, email, password, age, role)

Task<Result<web::Created<User>>> create_user(web::Context& ctx, CreateUser in, sql::Database& database,
                                             auth::PasswordHasher& passwords);

}  // namespace ashlar::backend
