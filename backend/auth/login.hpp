// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/auth/password.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/auth/sessions.hpp"

namespace ashlar::backend {

struct Login {
  Email email;
  Secret<Text<1, 1024>> password;  // not Password: what could never have been set is wrong, not invalid

  static Login example();
};
ASHLAR_DESCRIBE(Login, email, password)

// A wrong password and an unknown address are told apart neither by the answer nor by the time it takes.
Task<Result<SignedIn>> login(web::Context& ctx, Login in, sql::Database& database, auth::PasswordHasher& passwords,
                             Sessions& sessions);

}  // namespace ashlar::backend
