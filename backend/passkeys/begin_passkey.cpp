// SPDX-License-Identifier: Apache-2.0
#include "backend/passkeys/begin_passkey.hpp"

namespace ashlar::backend {

Task<Result<auth::CreationOptionsJson>> begin_passkey(api::UserCall& call, Passkeys& passkeys) {
  return passkeys.begin_registration(call);
}

}  // namespace ashlar::backend
