// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/changed_address.hpp"

#include "backend/auth/account_events.hpp"
#include "backend/auth/challenge_repository.hpp"

namespace ashlar::backend {

Task<Result<>> mail_changed_address(api::UnitOfWork& unit, User before, User now, const Challenges* challenges,
                                    AccountMails* mails) {
  constexpr auto kind = ChallengeKind::email_verification;
  co_await unwrap(ChallengeRepository::end_all(unit, now.id));
  auto issued = co_await unwrap(challenges->issue(unit, {.kind = kind, .user = now.id, .sent_to = now.email}));
  if (issued.token) mails->send_verification(unit, now.email, std::move(*issued.token), challenges->lifetime(kind));
  mails->send_email_changed(unit, std::move(before.email), now.email);
  log_account_event(unit, "e-mail address changed", now.id);
  co_return Result<>{};
}

}  // namespace ashlar::backend
