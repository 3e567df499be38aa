// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/set_user_role.hpp"

#include "backend/authority/giving.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

namespace {

struct RoleChange {
  Uuid user;
  std::string before;
  std::string after;
};

// The call outlives it: a unit awaits what follows its commit.
Task<> log_role_change(const api::Call* call, RoleChange change) {
  call->log().security(log::Level::warn, "role changed",
                       {{"userId", change.user.to_string()},
                        {"before", change.before},
                        {"after", change.after},
                        {"by", call->principal() == nullptr ? std::string() : call->principal()->id.to_string()},
                        {"address", call->client_address()}});
  co_return;
}

Task<Result<User>> set_role(api::UnitOfWork& unit, SetUserRole in, Authorities* authorities) {
  const User before = co_await unwrap(
      required(co_await UserRepository(unit).find(in.id), errors::user_not_found, "There is no such user."));
  co_await unwrap(require_not_above(unit, before));
  if (in.role.view() != before.role) co_await unwrap(change_role(unit, before, in.role.str(), authorities));
  co_return required(co_await UserRepository(unit).find(in.id), errors::user_not_found, "There is no such user.");
}

}  // namespace

Task<Result<>> change_role(api::UnitOfWork& unit, User before, std::string role, Authorities* authorities) {
  co_await unwrap(require_may_give_role(unit, role));
  const bool was_admin = co_await unwrap(UserRepository::is_admin(unit, before.id));
  UserChanges changes;
  changes.role = role;
  co_await unwrap(UserRepository::update(unit, before.id, std::move(changes)));
  if (was_admin) co_await unwrap(UserRepository::require_an_admin(unit));
  authorities->changed_after(unit, before.id);
  unit.after_commit([&call = unit.call(), change = RoleChange{before.id, before.role, std::move(role)}] {
    return log_role_change(&call, change);
  });
  co_return Result<>{};
}

Task<Result<User>> set_user_role(api::UserCall& call, SetUserRole in, api::Units& units, Authorities& authorities) {
  return units.run(call, &set_role, std::move(in), &authorities);
}

}  // namespace ashlar::backend
