// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/login.hpp"

#include "backend/auth/session.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Login Login::example() {
  return {.email = Email::of("ada@example.com"), .password = Secret<Text<1, 1024>>::of("a long password")};
}

namespace {

Error invalid_credentials() { return {errors::invalid_credentials, "The e-mail address or the password is wrong."}; }

// The password was verified against `account`, which took a while. Meanwhile the account may have been changed, so it
// is read again under a lock that conflicts with every change to it: a changed password is wrong now, a second factor
// that was turned on is asked for, and the session gets the rights of now.
Task<Result<api::WithCredentials<SignInReply>>> open_session(api::UnitOfWork& unit, Account account, Sessions* sessions,
                                                             const SecondFactors* second_factors) {
  auto now = co_await unwrap(UserRepository::find_account_locked(unit, account.user.id));
  if (!now || now->password_hash != account.password_hash) co_return std::unexpected(invalid_credentials());
  if (now->user.mfa_enabled) {
    MfaRequired required{.mfa_token = co_await unwrap(second_factors->begin_sign_in(unit, std::move(*now)))};
    co_return api::WithCredentials<SignInReply>{
        .reply = std::move(required), .credentials = {}, .otherwise = api::StoredCredentials::kept};
  }
  TokenPair pair = co_await unwrap(sessions->open(unit, {.user = now->user, .amr = {"pwd"}}));
  auto reply = signed_in(unit.call(), std::move(now->user), std::move(pair));
  co_return api::WithCredentials<SignInReply>{.reply = std::move(reply.reply),
                                              .credentials = std::move(reply.credentials)};
}

}  // namespace

Task<Result<api::WithCredentials<SignInReply>>> login(api::Call& call, Login in, api::Units& units,
                                                      auth::PasswordHasher& passwords, Sessions& sessions,
                                                      SecondFactors& second_factors) {
  auto account = co_await unwrap(UserRepository(units.database()).find_account(in.email.str()));
  auto right = account ? co_await passwords.verify(in.password.reveal().str(), account->password_hash)
                       : co_await passwords.verify_for_unknown_account(in.password.reveal().str());
  // A password that is too long for any account is wrong like any other.
  if (!right && right.error().code() == auth::errors::password_too_long) right = false;
  const bool passed = co_await unwrap(std::move(right));
  if (!account || !passed) {
    call.log().security(log::Level::warn, "sign-in refused", {{"address", call.client_address()}});
    co_return std::unexpected(invalid_credentials());
  }
  co_return co_await units.run(call, &open_session, std::move(*account), &sessions, &second_factors);
}

}  // namespace ashlar::backend
