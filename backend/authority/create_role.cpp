// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/create_role.hpp"

#include "backend/authority/giving.hpp"
#include "backend/authority/role_repository.hpp"

#include <algorithm>

namespace ashlar::backend {

void CreateRole::refine(schema::Refinement& out) const { refine_permissions(out, "permissions", permissions); }

CreateRole CreateRole::example() {
  return {.name = RoleName::of("editor"),
          .description = RoleDescription::of("Keeps the posts"),
          .permissions = {PermissionName::of("update:post"), PermissionName::of("delete:post")}};
}

namespace {

Task<Result<Role>> create(api::UnitOfWork& unit, Role role) {
  co_await unwrap(RoleRepository::begin_change(unit));
  co_await unwrap(require_may_give(unit.call(), role.permissions));
  co_await unwrap(RoleRepository::create(unit, role));
  std::ranges::sort(role.permissions);
  co_return role;
}

}  // namespace

Task<Result<api::Created<Role>>> create_role(api::UserCall& call, CreateRole in, api::Units& units) {
  Role role{.name = in.name.str(),
            .description = in.description ? in.description->str() : std::string(),
            .permissions = texts_of(in.permissions)};
  co_return api::Created<Role>{co_await unwrap(units.run(call, &create, std::move(role)))};
}

}  // namespace ashlar::backend
