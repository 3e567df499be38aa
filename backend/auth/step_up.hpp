// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/auth/own_password.hpp"
#include "backend/auth/passkey_prover.hpp"
#include "backend/auth/second_factors.hpp"
#include "backend/auth/sessions.hpp"

#include <optional>

namespace ashlar::backend {

struct StepUp {
  // One of the three.
  std::optional<SentPassword> password;
  std::optional<MfaCode> code;                                   // of the second factor; not a recovery code
  std::optional<auth::AuthenticationCredentialJson> credential;  // of a passkey, with
  std::optional<Uuid> challenge_id;                              // from POST /api/auth/passkeys/login/options

  static StepUp example();
};
ASHLAR_DESCRIBE(StepUp, password, code, credential, challenge_id)

// The reply to a step-up: an access token of the same session. The refresh token stays.
struct SteppedUp {
  std::string access_token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;  // seconds

  static SteppedUp example();
};
ASHLAR_DESCRIBE(SteppedUp, access_token, token_type, expires_in)

[[nodiscard]] api::WithCredentials<SteppedUp> stepped_up(const api::Call& call, auth::IssuedToken access);

// Proves again who the caller is, for routes that ask for a recent sign-in (RFC 9470). Errors:
// auth.invalid_credentials; auth.token_revoked when the session has ended, or the caller has none (an API key); those
// of PasskeyProver.
Task<Result<api::WithCredentials<SteppedUp>>> step_up(api::UserCall& call, StepUp in, api::Units& units,
                                                      Passwords& passwords, Guessing& guessing, Sessions& sessions,
                                                      SecondFactors& second_factors, const PasskeySupport& passkeys);

}  // namespace ashlar::backend
