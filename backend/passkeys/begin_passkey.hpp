// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "backend/passkeys/passkeys.hpp"

namespace ashlar::backend {

// The options that navigator.credentials.create() takes.
Task<Result<auth::CreationOptionsJson>> begin_passkey(api::UserCall& call, Passkeys& passkeys);

}  // namespace ashlar::backend
