// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "backend/passkeys/passkeys.hpp"

namespace ashlar::backend {

// Removes one of the caller's passkeys; a passkey of another account does not exist for the caller.
Task<Result<>> remove_passkey(api::UserCall& call, api::ById in, Passkeys& passkeys);

}  // namespace ashlar::backend
