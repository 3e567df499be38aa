// SPDX-License-Identifier: Apache-2.0
#include "backend/users/delete_user.hpp"

#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Task<Result<>> remove_account(api::UnitOfWork& unit, Uuid id, AccountHooks* hooks) {
  co_await unwrap(UserRepository::require_another_admin(unit, id));
  co_await unwrap(UserRepository::lock(unit, id));
  co_await unwrap(hooks->before_removal(unit, id));
  co_await unwrap(UserRepository::remove(unit, id));
  co_return Result<>{};
}

namespace {

Task<Result<>> remove_other(api::UnitOfWork& unit, Uuid id, AccountHooks* hooks) {
  const User user = co_await unwrap(
      required(co_await UserRepository(unit).find(id), errors::user_not_found, "There is no such user."));
  co_await unwrap(hooks->require_not_above(unit, user));
  co_return co_await remove_account(unit, id, hooks);
}

}  // namespace

Task<Result<>> delete_user(api::Call& call, api::ById in, api::Units& units, AccountHooks& hooks) {
  return units.run(call, &remove_other, in.id, &hooks);
}

}  // namespace ashlar::backend
