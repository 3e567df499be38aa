// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/confirm_email.hpp"

#include "backend/auth/account_events.hpp"
#include "backend/auth/challenge_repository.hpp"

namespace ashlar::backend {

namespace {

using enum ChallengeKind;

// take() locks the account, so of two confirmations at once the later one sees the earlier one.
Task<Result<EmailConfirmed>> confirm(api::UnitOfWork& unit, std::string token, const Challenges* challenges,
                                     AccountMails* mails, AccountHooks* hooks) {
  const UsedChallenge used =
      co_await unwrap(challenges->take(unit, std::move(token), {email_change_current, email_change_new}));
  const User& user = used.account.user;
  const std::string& new_address = used.row.payload;
  const ChallengeKind other = used.row.kind == email_change_new ? email_change_current : email_change_new;
  if (!co_await unwrap(ChallengeRepository(unit).any_used(user.id, other, new_address, unit.call().now())))
    co_return EmailConfirmed{.changed = false};

  co_await unwrap(
      UserRepository::update(unit, user.id, {.email = Email::of(new_address), .email_verified = EmailVerified::yes}));
  co_await unwrap(hooks->after_address_confirmed(unit, user.id, new_address));
  co_await unwrap(ChallengeRepository::end_all(unit, user.id));
  mails->send_email_changed(unit, user.email, new_address);
  mails->send_email_changed(unit, new_address, new_address);
  log_account_event(unit, "e-mail address changed", user.id);
  co_return EmailConfirmed{.changed = true};
}

}  // namespace

Task<Result<EmailConfirmed>> confirm_email(api::Call& call, ConfirmEmail in, api::Units& units,
                                           const Challenges& challenges, AccountMails& mails, AccountHooks& hooks) {
  return units.run(call, &confirm, in.token.reveal().str(), &challenges, &mails, &hooks);
}

}  // namespace ashlar::backend
