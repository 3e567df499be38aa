// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/reset_password.hpp"

#include "backend/auth/account_events.hpp"
#include "backend/auth/challenge_repository.hpp"

namespace ashlar::backend {

namespace {

struct Reset {
  std::string token;
  std::string password_hash;
};

// take() locks the account. A sign-in that holds it opens its session before, and that session ends here; one that
// comes later sees the new hash (login.cpp).
Task<Result<>> reset(api::UnitOfWork& unit, Reset wanted, Sessions* sessions, const Challenges* challenges,
                     AccountMails* mails) {
  const UsedChallenge used =
      co_await unwrap(challenges->take(unit, std::move(wanted.token), {ChallengeKind::password_reset}));
  const User& user = used.account.user;
  co_await unwrap(UserRepository::update(
      unit, user.id, {.password_hash = std::move(wanted.password_hash), .email_verified = EmailVerified::yes}));
  co_await unwrap(ChallengeRepository::end_all(unit, user.id));
  co_await unwrap(sessions->end_all(unit, user.id));
  mails->send_password_changed(unit, user.email);
  log_account_event(unit, "password reset", user.id);
  co_return Result<>{};
}

}  // namespace

Task<Result<>> reset_password(api::Call& call, ResetPassword in, api::Units& units, Passwords& passwords,
                              Sessions& sessions, const Challenges& challenges, AccountMails& mails) {
  std::string token = in.token.reveal().str();
  // A wrong token costs no hashing.
  const Uuid account =
      co_await unwrap(challenges.expect(units.database(), call.now(), token, {ChallengeKind::password_reset}));
  const auto user = co_await unwrap(UserRepository(units.database()).find(account));
  PasswordOwner owner;
  if (user) owner = {.name = user->name, .email = user->email};
  Reset wanted{.token = std::move(token), .password_hash = {}};
  wanted.password_hash =
      co_await unwrap(passwords.hash_new(call, std::move(in.password), std::move(owner), "/password"));
  co_return co_await units.run(call, &reset, std::move(wanted), &sessions, &challenges, &mails);
}

}  // namespace ashlar::backend
