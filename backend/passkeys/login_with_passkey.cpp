// SPDX-License-Identifier: Apache-2.0
#include "backend/passkeys/login_with_passkey.hpp"

#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

namespace {

// The account is read again under a lock that conflicts with every change to it, so that the session gets the rights of
// now.
Task<Result<api::WithCredentials<SignInReply>>> open_session(api::UnitOfWork& unit, ProvenPasskey proven,
                                                             Passkeys* passkeys, Sessions* sessions,
                                                             const SecondFactors* second_factors) {
  auto account = co_await unwrap(required(co_await UserRepository::find_account_locked(unit, proven.row.user_id),
                                          errors::passkey_refused, "This passkey is not accepted."));
  // Possession of the device alone is one factor; with a PIN or a biometric it is two.
  const bool one_factor = !proven.assertion.user_verified;
  std::vector<std::string> methods = authentication_methods(proven);
  co_await unwrap(passkeys->record_use(unit, std::move(proven)));
  if (account.user.mfa_enabled && one_factor) {
    MfaRequired required{.mfa_token = co_await unwrap(second_factors->begin_sign_in(unit, std::move(account)))};
    co_return api::WithCredentials<SignInReply>{
        .reply = std::move(required), .credentials = {}, .otherwise = api::StoredCredentials::kept};
  }
  TokenPair pair = co_await unwrap(sessions->open(
      unit, {.user = account.user, .amr = std::move(methods), .credentials_version = account.credentials_version}));
  auto reply = signed_in(unit.call(), std::move(account.user), std::move(pair));
  co_return api::WithCredentials<SignInReply>{.reply = std::move(reply.reply),
                                              .credentials = std::move(reply.credentials)};
}

}  // namespace

Task<Result<api::WithCredentials<SignInReply>>> login_with_passkey(api::Call& call, PasskeyProof in, api::Units& units,
                                                                   Passkeys& passkeys, Sessions& sessions,
                                                                   SecondFactors& second_factors) {
  auto proven = co_await unwrap(passkeys.prove(call, std::move(in)));
  co_return co_await units.run(call, &open_session, std::move(proven), &passkeys, &sessions, &second_factors);
}

}  // namespace ashlar::backend
