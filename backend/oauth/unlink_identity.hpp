// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/users/account_hooks.hpp"

namespace ashlar::backend {

// Removes an identity of the caller. Errors: auth.identity_not_found, also for an identity of another account;
// auth.last_sign_in_method when the account could not be signed in to without it.
Task<Result<>> unlink_identity(api::UserCall& call, api::ById in, api::Units& units, AccountHooks& hooks);

}  // namespace ashlar::backend
