// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/rules.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/schema/composites.hpp"
#include "ashlar/schema/constraints.hpp"
#include "backend/users/user.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode role_not_found{ErrorKind::not_found, "role.not_found"};
inline constexpr ErrorCode role_taken{ErrorKind::conflict, "role.taken"};
inline constexpr ErrorCode role_in_use{ErrorKind::conflict, "role.in_use"};
inline constexpr ErrorCode role_built_in{ErrorKind::conflict, "role.built_in"};
inline constexpr ErrorCode too_many_roles{ErrorKind::conflict, "role.too_many"};
}  // namespace errors

// At most so many roles, so that all of them fit in a few pages.
inline constexpr std::int64_t roles_max = 500;

using RoleDescription = Line<0, 200>;
// "verb:resource", or a wildcard: "*", "verb:*", "*:resource".
using PermissionName = Line<1, 129>;
using PermissionNames = Array<PermissionName, 0, 100>;

// Adds a fault to the member for each text that is no permission and no wildcard, and for one that is there twice.
void refine_permissions(schema::Refinement& out, std::string_view member, const PermissionNames& names);
// The same for a single one.
void refine_permission(schema::Refinement& out, std::string_view member, std::string_view name);
[[nodiscard]] std::vector<std::string> texts_of(const PermissionNames& names);

// A role, as the API shows it. No name is special: the role `admin` holds "*".
struct Role {
  std::string name;
  std::string description;
  std::vector<std::string> permissions;  // sorted

  static Role example();
};
ASHLAR_DESCRIBE(Role, name, description, permissions)
ASHLAR_AUDIT(Role, "role", audit::id<&Role::name>())

struct RoleByName {
  RoleName name;
};
ASHLAR_DESCRIBE(RoleByName, name)

// A permission that can be held, or a wildcard that somebody holds.
struct KnownPermission {
  std::string name;
  std::string description;

  static KnownPermission example();
};
ASHLAR_DESCRIBE(KnownPermission, name, description)

}  // namespace ashlar::backend
