// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/delete_role.hpp"

#include "backend/authority/giving.hpp"
#include "backend/authority/role_repository.hpp"

namespace ashlar::backend {

namespace {

Task<Result<>> remove(api::UnitOfWork& unit, std::string name) {
  co_await unwrap(RoleRepository::begin_change(unit));
  const Role role = co_await unwrap(
      required(co_await RoleRepository::find_locked(unit, name), errors::role_not_found, "There is no such role."));
  co_await unwrap(require_may_give(unit.call(), role.permissions));
  if (name == role_user || name == role_admin)
    co_return fail(errors::role_built_in, "New accounts and the first admin get this role: it stays.");
  co_return co_await RoleRepository::remove(unit, role);
}

}  // namespace

Task<Result<>> delete_role(api::UserCall& call, RoleByName in, api::Units& units) {
  return units.run(call, &remove, in.name.str());
}

}  // namespace ashlar::backend
