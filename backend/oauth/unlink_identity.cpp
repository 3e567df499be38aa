// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/unlink_identity.hpp"

#include "ashlar/log/logger.hpp"
#include "backend/oauth/identity_repository.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

namespace {

// The call outlives it: a unit awaits what follows its commit.
Task<> log_unlinked(const api::Call* call, Uuid user, Uuid identity) {
  call->log().security(
      log::Level::warn, "identity unlinked",
      {{"userId", user.to_string()}, {"identityId", identity.to_string()}, {"address", call->client_address()}});
  co_return;
}

Task<Result<>> unlink(api::UnitOfWork& unit, Uuid user, Uuid identity, AccountHooks* hooks) {
  // Of two units that remove different methods of one account, the second sees the result of the first.
  co_await unwrap(UserRepository::lock(unit, user));
  if (!co_await unwrap(IdentityRepository::remove(unit, user, identity)))
    co_return fail(errors::identity_not_found, "There is no such identity.");
  co_await unwrap(hooks->require_sign_in_method(unit, user));
  unit.after_commit([&call = unit.call(), user, identity] { return log_unlinked(&call, user, identity); });
  co_return Result<>{};
}

}  // namespace

Task<Result<>> unlink_identity(api::UserCall& call, api::ById in, api::Units& units, AccountHooks& hooks) {
  return units.run(call, &unlink, call.user().id, in.id, &hooks);
}

}  // namespace ashlar::backend
