// SPDX-License-Identifier: Apache-2.0
#include "backend/passkeys/begin_passkey_login.hpp"

namespace ashlar::backend {

PasskeyLoginOptions PasskeyLoginOptions::example() {
  return {.challenge_id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a72").value_or(Uuid{}),
          .public_key = auth::RequestOptionsJson::example()};
}

Task<Result<PasskeyLoginOptions>> begin_passkey_login(api::Call& call, BeginPasskeyLogin in, Passkeys& passkeys) {
  return passkeys.begin_sign_in(call, std::move(in.email));
}

}  // namespace ashlar::backend
