// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/auth/second_factors.hpp"
#include "backend/auth/sessions.hpp"

namespace ashlar::backend {

struct VerifyMfa {
  Secret<Text<1, 4096>> mfa_token;
  MfaCode code;  // or a recovery code

  static VerifyMfa example();
};
ASHLAR_DESCRIBE(VerifyMfa, mfa_token, code)

// Completes a sign-in whose password was right: the reply is that of login().
Task<Result<api::WithCredentials<SignedIn>>> verify_mfa(api::Call& call, VerifyMfa in, api::Units& units,
                                                        Sessions& sessions, SecondFactors& second_factors);

}  // namespace ashlar::backend
