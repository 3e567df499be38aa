// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/authority/role.hpp"

namespace ashlar::backend {

// Removes a role that no account has, and whose permissions the caller holds. Errors: auth.forbidden; role.not_found;
// role.in_use; role.built_in for `user`, which new accounts get, and `admin`, which the first admin gets.
Task<Result<>> delete_role(api::UserCall& call, RoleByName in, api::Units& units);

}  // namespace ashlar::backend
