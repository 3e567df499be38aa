// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "backend/passkeys/passkeys.hpp"

#include <optional>

namespace ashlar::backend {

struct BeginPasskeyLogin {
  std::optional<Email> email;
};
ASHLAR_DESCRIBE(BeginPasskeyLogin, email)

// The options that navigator.credentials.get() takes. They do not tell whether the address has an account.
Task<Result<PasskeyLoginOptions>> begin_passkey_login(api::Call& call, BeginPasskeyLogin in, Passkeys& passkeys);

}  // namespace ashlar::backend
