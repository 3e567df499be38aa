// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/authority/authorities.hpp"
#include "backend/authority/role.hpp"

#include <optional>

namespace ashlar::backend {

struct UpdateRole {
  RoleName name;  // of the role; it does not change
  std::optional<RoleDescription> description;
  std::optional<PermissionNames> permissions;  // all of them, in place of those before

  void refine(schema::Refinement& out) const;
};
ASHLAR_DESCRIBE(UpdateRole, name, description, permissions)

// The caller holds what the role held, and what it holds afterwards. The change counts for every account of the role
// when the call returns. Errors: auth.forbidden; role.not_found; user.last_admin when no account would hold "*" by its
// role.
Task<Result<Role>> update_role(api::UserCall& call, UpdateRole in, api::Units& units, Authorities& authorities);

}  // namespace ashlar::backend
