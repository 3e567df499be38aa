// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/authority/role.hpp"

#include <optional>

namespace ashlar::backend {

struct CreateRole {
  RoleName name;
  std::optional<RoleDescription> description;
  PermissionNames permissions;

  void refine(schema::Refinement& out) const;
  static CreateRole example();
};
ASHLAR_DESCRIBE(CreateRole, name, description, permissions)

// A role holds only what its maker holds. Errors: auth.forbidden, role.taken, role.too_many; request.invalid for a
// permission that is not known.
Task<Result<api::Created<Role>>> create_role(api::UserCall& call, CreateRole in, api::Units& units);

}  // namespace ashlar::backend
