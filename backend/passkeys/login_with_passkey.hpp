// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/auth/mfa_required.hpp"
#include "backend/auth/second_factors.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/passkeys/passkeys.hpp"

namespace ashlar::backend {

// An account with a second factor is asked for it unless the authenticator verified the user. Errors: those of
// Passkeys::prove() and record_use().
Task<Result<api::WithCredentials<SignInReply>>> login_with_passkey(api::Call& call, PasskeyProof in, api::Units& units,
                                                                   Passkeys& passkeys, Sessions& sessions,
                                                                   SecondFactors& second_factors);

}  // namespace ashlar::backend
