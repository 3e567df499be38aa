// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"

#include <cstdint>

namespace ashlar::backend {

// Whether passkeys sign in. Where they are turned off, those that are stored do not count.
enum class PasskeySignIn : std::uint8_t { off, on };

// Passes when the account, as the unit has left it, can still be signed in to: with a password, an identity or a
// passkey. The unit holds the account's row (UserRepository::lock). Error auth.last_sign_in_method.
Task<Result<>> require_sign_in_method(api::UnitOfWork& unit, Uuid user, PasskeySignIn passkeys);

}  // namespace ashlar::backend
