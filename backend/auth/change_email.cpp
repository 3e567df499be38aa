// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/change_email.hpp"

#include "backend/auth/account_events.hpp"
#include "backend/auth/challenge_repository.hpp"

namespace ashlar::backend {

namespace {

using enum ChallengeKind;

struct EmailChange {
  Account account;  // its password was verified
  std::string new_address;
};

Task<Result<>> request(api::UnitOfWork& unit, EmailChange wanted, const Challenges* challenges, AccountMails* mails) {
  const Account account = co_await unwrap(still_own_password(unit, std::move(wanted.account)));
  const Uuid id = account.user.id;
  // One half of an earlier request and one of this must not make a whole.
  co_await unwrap(ChallengeRepository::end(unit, id, {email_change_current, email_change_new}));
  auto to_current = co_await unwrap(challenges->issue(
      unit, {.kind = email_change_current, .user = id, .sent_to = account.user.email, .payload = wanted.new_address}));
  if (!to_current.token) co_return std::unexpected(too_many_mails(to_current.retry_after));
  auto to_new = co_await unwrap(challenges->issue(
      unit, {.kind = email_change_new, .user = id, .sent_to = wanted.new_address, .payload = wanted.new_address}));
  if (!to_new.token) co_return std::unexpected(too_many_mails(to_new.retry_after));

  const auto lifetime = challenges->lifetime(email_change_current);
  mails->send_change_to_current(unit, account.user.email, std::move(*to_current.token), lifetime, wanted.new_address);
  mails->send_change_to_new(unit, wanted.new_address, std::move(*to_new.token), lifetime);
  log_account_event(unit, "e-mail change requested", id);
  co_return Result<>{};
}

}  // namespace

Task<Result<api::Accepted<MailRequested>>> change_email(api::UserCall& call, ChangeEmail in, api::Units& units,
                                                        Passwords& passwords, Guessing& guessing,
                                                        const Challenges& challenges, AccountMails& mails) {
  EmailChange wanted{.account = {}, .new_address = in.email.str()};
  wanted.account =
      co_await unwrap(check_own_password(call, std::move(in.password), units.database(), passwords, guessing));
  co_await unwrap(units.run(call, &request, std::move(wanted), &challenges, &mails));
  co_return api::Accepted<MailRequested>{challenges.requested(email_change_current)};
}

}  // namespace ashlar::backend
