// SPDX-License-Identifier: Apache-2.0
#include "backend/passkeys/remove_passkey.hpp"

namespace ashlar::backend {

Task<Result<>> remove_passkey(api::UserCall& call, api::ById in, Passkeys& passkeys) {
  return passkeys.remove(call, in.id);
}

}  // namespace ashlar::backend
