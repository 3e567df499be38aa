// SPDX-License-Identifier: Apache-2.0
#include "backend/users/update_me.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/sign_in_age.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

namespace {

Task<Result<User>> update(api::UnitOfWork& unit, Uuid id, UpdateMe in, AccountHooks* hooks) {
  constexpr std::string_view gone = "This account does not exist any more.";
  const auto before =
      co_await unwrap(required(co_await UserRepository::find_account_locked(unit, id, UserRepository::Lock::exclusive),
                               auth::errors::token_revoked, gone));
  User user = co_await unwrap(
      required(co_await UserRepository::update(unit, id, {.name = in.name, .email = in.email, .age = in.age}),
               auth::errors::token_revoked, gone));
  if (user.email != before.user.email) co_await unwrap(hooks->after_address_change(unit, before.user, user));
  co_return user;
}

}  // namespace

Task<Result<User>> update_me(api::UserCall& call, UpdateMe in, api::Units& units, AccountHooks& hooks) {
  // With another address, a mailed token sets the password.
  if (in.email) co_await unwrap(call.require_fresh(sign_in_age_max));
  co_return co_await units.run(call, &update, call.user().id, std::move(in), &hooks);
}

}  // namespace ashlar::backend
