// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/users/account_hooks.hpp"
#include "backend/users/user.hpp"

namespace ashlar::backend {

// Part of `unit`: see delete_user().
Task<Result<>> remove_account(api::UnitOfWork& unit, Uuid id, AccountHooks* hooks);

// Removes the account with its posts and API keys and ends its sessions. Pending orders are cancelled and their pieces
// return to the stock; other orders stay, without the account. The caller must hold everything that the account has.
// Errors: auth.forbidden, user.not_found, user.last_admin.
Task<Result<>> delete_user(api::Call& call, api::ById in, api::Units& units, AccountHooks& hooks);

}  // namespace ashlar::backend
