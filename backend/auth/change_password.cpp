// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/change_password.hpp"

#include "backend/auth/account_events.hpp"
#include "backend/auth/challenge_repository.hpp"
#include "backend/auth/session.hpp"

namespace ashlar::backend {

namespace {

struct PasswordChange {
  Account account;  // its password was verified
  std::string password_hash;
};

Task<Result<api::WithCredentials<SignedIn>>> change(api::UnitOfWork& unit, PasswordChange wanted, Sessions* sessions,
                                                    AccountMails* mails) {
  Account account = co_await unwrap(still_own_password(unit, std::move(wanted.account)));
  co_await unwrap(UserRepository::update(unit, account.user.id, {.password_hash = std::move(wanted.password_hash)}));
  co_await unwrap(ChallengeRepository::end_for_new_password(unit, account.user.id));
  co_await unwrap(sessions->end_all(unit, account.user.id));
  TokenPair pair = co_await unwrap(sessions->open(
      unit, {.user = account.user, .amr = {"pwd"}, .credentials_version = account.credentials_version + 1},
      Sessions::Notice::none));
  mails->send_password_changed(unit, account.user.email);
  log_account_event(unit, "password changed", account.user.id);
  co_return signed_in(unit.call(), std::move(account.user), std::move(pair));
}

}  // namespace

Task<Result<api::WithCredentials<SignedIn>>> change_password(api::UserCall& call, ChangePassword in, api::Units& units,
                                                             Passwords& passwords, Guessing& guessing,
                                                             Sessions& sessions, AccountMails& mails) {
  PasswordChange wanted;
  wanted.account =
      co_await unwrap(check_own_password(call, std::move(in.current_password), units.database(), passwords, guessing));
  const User& user = wanted.account.user;
  wanted.password_hash =
      co_await unwrap(passwords.hash_new(call, std::move(in.new_password), {.name = user.name, .email = user.email},
                                         "/newPassword", Passwords::Lane::known_device));
  co_return co_await units.run(call, &change, std::move(wanted), &sessions, &mails);
}

}  // namespace ashlar::backend
