// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/auth/device_tokens.hpp"
#include "backend/auth/guessing.hpp"
#include "backend/auth/mfa_required.hpp"
#include "backend/auth/second_factors.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/users/passwords.hpp"

#include <optional>

namespace ashlar::backend {

struct Login {
  Email email;
  Secret<Text<1, 1024>> password;  // not Password: a text that no account can have is wrong, not invalid
  // Of an earlier sign-in on this device; over HTTP, the cookie's when the body has none. One that is not good counts
  // as none.
  std::optional<Secret<Text<1, 4096>>> device_token;
  // Of a session that this sign-in replaces; over HTTP, the cookie's.
  std::optional<Text<1, 4096>> refresh_token;

  static Login example();
};
ASHLAR_DESCRIBE(Login, email, password, device_token, refresh_token)

// A wrong password and an unknown address get the same reply after the same time. A hash with other parameters than new
// ones have is replaced. An account with a second factor gets no credentials, and keeps those that the client stores.
// Errors: auth.invalid_credentials; auth.too_many_guesses.
Task<Result<api::WithCredentials<SignInReply>>> login(api::Call& call, Login in, api::Units& units,
                                                      Passwords& passwords, Guessing& guessing, DeviceTokens& devices,
                                                      Sessions& sessions, SecondFactors& second_factors);

}  // namespace ashlar::backend
