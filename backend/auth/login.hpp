// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/auth/password.hpp"
#include "backend/auth/mfa_required.hpp"
#include "backend/auth/second_factors.hpp"
#include "backend/auth/sessions.hpp"

namespace ashlar::backend {

struct Login {
  Email email;
  Secret<Text<1, 1024>> password;  // not Password: a text that no account can have is wrong, not invalid

  static Login example();
};
ASHLAR_DESCRIBE(Login, email, password)

// A wrong password and an unknown address get the same reply after the same time. An account with a second factor gets
// no credentials, and keeps those that the client stores.
Task<Result<api::WithCredentials<SignInReply>>> login(api::Call& call, Login in, api::Units& units,
                                                      auth::PasswordHasher& passwords, Sessions& sessions,
                                                      SecondFactors& second_factors);

}  // namespace ashlar::backend
