// SPDX-License-Identifier: Apache-2.0
#include "backend/users/update_user.hpp"

#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

namespace {

Task<Result<User>> update(api::UnitOfWork& unit, UpdateUser in, AccountHooks* hooks) {
  UserRepository users(unit);
  const User before =
      co_await unwrap(required(co_await users.find(in.id), errors::user_not_found, "There is no such user."));
  // Another e-mail address is a way into the account.
  co_await unwrap(hooks->require_not_above(unit, before));
  if (in.role && in.role->view() != before.role) co_await unwrap(hooks->change_role(unit, before, in.role->str()));
  UserChanges changes{.name = in.name, .email = in.email, .age = in.age};
  User user = co_await unwrap(required(co_await UserRepository::update(unit, in.id, std::move(changes)),
                                       errors::user_not_found, "There is no such user."));
  if (user.email != before.email) co_await unwrap(hooks->after_address_change(unit, before, user));
  co_return user;
}

}  // namespace

Task<Result<User>> update_user(api::Call& call, UpdateUser in, api::Units& units, AccountHooks& hooks) {
  return units.run(call, &update, std::move(in), &hooks);
}

}  // namespace ashlar::backend
