// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/authority/authorities.hpp"
#include "backend/users/user.hpp"

#include <string>

namespace ashlar::backend {

struct SetUserRole {
  Uuid id;
  RoleName role;
};
ASHLAR_DESCRIBE(SetUserRole, id, role)

// Gives an account another role, which counts when the call returns; its sessions go on. The caller holds what the
// account has and what the role brings. Errors: auth.forbidden, user.not_found, user.last_admin.
Task<Result<User>> set_user_role(api::UserCall& call, SetUserRole in, api::Units& units, Authorities& authorities);

// The same within a unit, for an account that was read in it.
Task<Result<>> change_role(api::UnitOfWork& unit, User before, std::string role, Authorities* authorities);

}  // namespace ashlar::backend
