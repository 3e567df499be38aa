// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/guessing.hpp"
#include "backend/auth/second_factors.hpp"
#include "backend/users/passwords.hpp"

namespace ashlar::backend {

struct DisableMfa {
  Secret<Text<1, 1024>> password;  // not Password: a text that no account can have is wrong, not invalid
  MfaCode code;                    // or a recovery code: for an account whose authenticator is lost

  static DisableMfa example();
};
ASHLAR_DESCRIBE(DisableMfa, password, code)

// Turns the second factor off. A wrong password uses up no code, and counts as a guess of the session.
Task<Result<>> disable_mfa(api::UserCall& call, DisableMfa in, api::Units& units, Passwords& passwords,
                           Guessing& guessing, SecondFactors& second_factors);

}  // namespace ashlar::backend
