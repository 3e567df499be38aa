// SPDX-License-Identifier: Apache-2.0
#include "backend/users/update_user.hpp"

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

Task<Result<User>> update(api::UnitOfWork& unit, UpdateUser in, AccountHooks* hooks) {
  UserRepository users(unit);
  const User before =
      co_await unwrap(required(co_await users.find(in.id), errors::user_not_found, "There is no such user."));
  if (in.role && in.role->view() != before.role) {
    if (before.role == role_admin) co_await unwrap(UserRepository::require_another_admin(unit, in.id));
    co_await unwrap(hooks->before_role_change(unit, in.id));
    unit.after_commit([&call = unit.call(), change = RoleChange{in.id, before.role, in.role->str()}] {
      return log_role_change(&call, change);
    });
  }
  UserChanges changes{.name = in.name, .email = in.email, .age = in.age, .role = {}, .password_hash = {}};
  if (in.role) changes.role = in.role->str();
  co_return required(co_await UserRepository::update(unit, in.id, std::move(changes)), errors::user_not_found,
                     "There is no such user.");
}

}  // namespace

Task<Result<User>> update_user(api::Call& call, UpdateUser in, api::Units& units, AccountHooks& hooks) {
  return units.run(call, &update, std::move(in), &hooks);
}

}  // namespace ashlar::backend
