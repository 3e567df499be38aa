// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/update_role.hpp"

#include "ashlar/audit/record.hpp"
#include "backend/authority/giving.hpp"
#include "backend/authority/role_repository.hpp"
#include "backend/users/user_repository.hpp"

#include <algorithm>

namespace ashlar::backend {

void UpdateRole::refine(schema::Refinement& out) const {
  if (permissions) refine_permissions(out, "permissions", *permissions);
}

namespace {

Task<> log_change(const api::Call* call, Role before, Role after) {
  const auto joined = [](const Role& role) {
    std::string out;
    for (const std::string& each : role.permissions) out.append(out.empty() ? "" : " ").append(each);
    return out;
  };
  call->log().security(log::Level::warn, "role's permissions changed",
                       {{"role", after.name},
                        {"before", joined(before)},
                        {"after", joined(after)},
                        {"by", call->principal() == nullptr ? std::string() : call->principal()->id.to_string()},
                        {"address", call->client_address()}});
  co_return;
}

Task<Result<Role>> update(api::UnitOfWork& unit, UpdateRole in, Authorities* authorities) {
  co_await unwrap(RoleRepository::begin_change(unit));
  const Role before = co_await unwrap(required(co_await RoleRepository::find_locked(unit, in.name.str()),
                                               errors::role_not_found, "There is no such role."));
  co_await unwrap(require_may_give(unit.call(), before.permissions));
  if (in.description) co_await unwrap(RoleRepository::describe(unit, before.name, in.description->str()));
  if (in.permissions) {
    const auto wanted = texts_of(*in.permissions);
    co_await unwrap(require_may_give(unit.call(), wanted));
    co_await unwrap(RoleRepository::set_permissions(unit, before, wanted));
    if (std::ranges::find(before.permissions, "*") != before.permissions.end())
      co_await unwrap(UserRepository::require_an_admin(unit));
  }
  Role after = co_await unwrap(
      required(co_await RoleRepository(unit).find(before.name), errors::role_not_found, "There is no such role."));
  audit::changed(unit, before, after);
  if (after.permissions != before.permissions) {
    authorities->changed_after(unit, std::nullopt);
    unit.after_commit([&call = unit.call(), before, after] { return log_change(&call, before, after); });
  }
  co_return after;
}

}  // namespace

Task<Result<Role>> update_role(api::UserCall& call, UpdateRole in, api::Units& units, Authorities& authorities) {
  return units.run(call, &update, std::move(in), &authorities);
}

}  // namespace ashlar::backend
