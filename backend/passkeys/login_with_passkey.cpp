// SPDX-License-Identifier: Apache-2.0
#include "backend/passkeys/login_with_passkey.hpp"

#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

namespace {

// The account is read again under a lock that conflicts with every change to it, so that the session gets the rights of
// now.
Task<Result<api::WithCredentials<SignedIn>>> open_session(api::UnitOfWork& unit, ProvenPasskey proven,
                                                          Passkeys* passkeys, Sessions* sessions) {
  auto account = co_await unwrap(required(co_await UserRepository::find_account_locked(unit, proven.row.user_id),
                                          errors::passkey_refused, "This passkey is not accepted."));
  if (account.user.mfa_enabled && !proven.assertion.user_verified)
    co_return std::unexpected(passkeys->refuse(unit.call(), proven, "one factor is not enough for this account"));
  co_await unwrap(passkeys->record_use(unit, std::move(proven)));
  TokenPair pair = co_await unwrap(sessions->open(unit, account.user));
  co_return signed_in(unit.call(), std::move(account.user), std::move(pair));
}

}  // namespace

Task<Result<api::WithCredentials<SignedIn>>> login_with_passkey(api::Call& call, PasskeyProof in, api::Units& units,
                                                                Passkeys& passkeys, Sessions& sessions) {
  auto proven = co_await unwrap(passkeys.prove(call, std::move(in)));
  co_return co_await units.run(call, &open_session, std::move(proven), &passkeys, &sessions);
}

}  // namespace ashlar::backend
