// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/resend_verification.hpp"

#include "ashlar/auth/token.hpp"

namespace ashlar::backend {

namespace {

Task<Result<>> resend(api::UnitOfWork& unit, Uuid user, const Challenges* challenges, AccountMails* mails) {
  constexpr auto kind = ChallengeKind::email_verification;
  const Account account = co_await unwrap(
      required(co_await UserRepository::find_account_locked(unit, user, UserRepository::Lock::exclusive),
               auth::errors::token_revoked, "This account does not exist any more."));
  if (account.user.email_verified)
    co_return fail(errors::email_already_verified, "The e-mail address is verified already.");
  auto issued = co_await unwrap(challenges->issue(unit, {.kind = kind, .user = user, .sent_to = account.user.email}));
  if (!issued.token) co_return std::unexpected(too_many_mails(issued.retry_after));
  mails->send_verification(unit, account.user.email, std::move(*issued.token), challenges->lifetime(kind));
  co_return Result<>{};
}

}  // namespace

Task<Result<api::Accepted<MailRequested>>> resend_verification(api::UserCall& call, api::Units& units,
                                                               const Challenges& challenges, AccountMails& mails) {
  co_await unwrap(units.run(call, &resend, call.user().id, &challenges, &mails));
  co_return api::Accepted<MailRequested>{challenges.requested(ChallengeKind::email_verification)};
}

}  // namespace ashlar::backend
