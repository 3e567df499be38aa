// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/delete_me.hpp"

#include "backend/auth/account_events.hpp"
#include "backend/users/delete_user.hpp"

namespace ashlar::backend {

namespace {

// The admins are locked before the account, as in remove_account(): two admins who leave at once do not deadlock.
Task<Result<>> remove_own(api::UnitOfWork& unit, Account checked, AccountHooks* hooks) {
  const Uuid id = checked.user.id;
  co_await unwrap(UserRepository::require_another_admin(unit, id));
  co_await unwrap(still_own_password(unit, std::move(checked)));
  co_await unwrap(remove_account(unit, id, hooks));
  log_account_event(unit, "account removed by its owner", id);
  co_return Result<>{};
}

}  // namespace

Task<Result<api::WithCredentials<>>> delete_me(api::UserCall& call, DeleteMe in, api::Units& units,
                                               Passwords& passwords, Guessing& guessing, AccountHooks& hooks) {
  Account account =
      co_await unwrap(check_own_password(call, std::move(in.password), units.database(), passwords, guessing));
  co_await unwrap(units.run(call, &remove_own, std::move(account), &hooks));
  co_return api::WithCredentials<>{};
}

}  // namespace ashlar::backend
