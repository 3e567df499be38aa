// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/password.hpp"
#include "backend/auth/second_factors.hpp"

namespace ashlar::backend {

struct DisableMfa {
  Secret<Text<1, 1024>> password;  // not Password: a text that no account can have is wrong, not invalid
  MfaCode code;                    // or a recovery code: for an account whose authenticator is lost

  static DisableMfa example();
};
ASHLAR_DESCRIBE(DisableMfa, password, code)

// Turns the second factor off. A wrong password uses up no code.
Task<Result<>> disable_mfa(api::UserCall& call, DisableMfa in, api::Units& units, auth::PasswordHasher& passwords,
                           SecondFactors& second_factors);

}  // namespace ashlar::backend
