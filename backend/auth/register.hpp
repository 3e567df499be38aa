// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/auth/password.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/auth/sessions.hpp"

#include <optional>

namespace ashlar::backend {

struct Register {
  UserName name;
  Email email;
  Password password;
  std::optional<Age> age;

  static Register example();
};
ASHLAR_DESCRIBE(Register, name, email, password, age)

// Makes an account and signs it in.
Task<Result<web::Created<SignedIn>>> register_account(web::Context& ctx, Register in, sql::Database& database,
                                                      auth::PasswordHasher& passwords, Sessions& sessions);

}  // namespace ashlar::backend
