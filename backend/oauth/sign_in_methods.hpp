// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"

namespace ashlar::backend {

// Succeeds when the account, in its state within the unit, can still be signed in to: with a password or an identity.
// For operations that remove a method; the unit locks the account's row (UserRepository::lock). Error
// auth.last_sign_in_method.
Task<Result<>> require_sign_in_method(api::UnitOfWork& unit, Uuid user);

}  // namespace ashlar::backend
