// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "backend/passkeys/passkeys.hpp"

namespace ashlar::backend {

struct AddPasskey {
  PasskeyName name;
  auth::RegistrationCredentialJson credential;
};
ASHLAR_DESCRIBE(AddPasskey, name, credential)

// Registers what navigator.credentials.create() made, for the caller.
Task<Result<api::Created<Passkey>>> add_passkey(api::UserCall& call, AddPasskey in, Passkeys& passkeys);

}  // namespace ashlar::backend
