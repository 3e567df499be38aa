// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/auth/sessions.hpp"
#include "backend/passkeys/passkeys.hpp"

namespace ashlar::backend {

Task<Result<api::WithCredentials<SignedIn>>> login_with_passkey(api::Call& call, PasskeyProof in, api::Units& units,
                                                                Passkeys& passkeys, Sessions& sessions);

}  // namespace ashlar::backend
