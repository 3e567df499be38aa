// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"

namespace ashlar::backend {

// Passes when the account, as the unit has left it, can still be signed in to: with a password or an identity. For what
// removes a method; the unit holds the account's row (UserRepository::lock). Error auth.last_sign_in_method.
Task<Result<>> require_sign_in_method(api::UnitOfWork& unit, Uuid user);

}  // namespace ashlar::backend
