// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/verify_email.hpp"

#include "backend/auth/account_events.hpp"
#include "backend/auth/challenge_repository.hpp"

namespace ashlar::backend {

namespace {

Task<Result<>> verify(api::UnitOfWork& unit, std::string token, const Challenges* challenges) {
  const UsedChallenge used =
      co_await unwrap(challenges->take(unit, std::move(token), {ChallengeKind::email_verification}));
  co_await unwrap(UserRepository::update(unit, used.account.user.id, {.email_verified = EmailVerified::yes}));
  co_await unwrap(ChallengeRepository::end(unit, used.account.user.id, {ChallengeKind::email_verification}));
  log_account_event(unit, "e-mail address verified", used.account.user.id);
  co_return Result<>{};
}

}  // namespace

Task<Result<>> verify_email(api::Call& call, VerifyEmail in, api::Units& units, const Challenges& challenges) {
  return units.run(call, &verify, in.token.reveal().str(), &challenges);
}

}  // namespace ashlar::backend
