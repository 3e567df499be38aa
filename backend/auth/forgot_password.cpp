// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/forgot_password.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/auth/account_events.hpp"

namespace ashlar::backend {

namespace {

constexpr auto kind = ChallengeKind::password_reset;

// Serializes requests for one address. A lock of the account's row would do so for known addresses alone, which tells
// them from others. SQLite has one writer.
Task<Result<>> lock_address(api::UnitOfWork& unit, std::string email) {
  if (unit.dialect() == sql::Dialect::postgres) {
    co_await unwrap(sql::execute(unit, "select pg_advisory_xact_lock(hashtextextended($1, 0))::text",
                                 "ashlar.password_reset " + ascii_lower(email)));
  }
  co_return Result<>{};
}

Task<Result<>> request_reset(api::UnitOfWork& unit, std::string email, const Challenges* challenges,
                             AccountMails* mails) {
  co_await unwrap(lock_address(unit, email));
  const auto account = co_await unwrap(UserRepository(unit).find_account(email));
  std::string to = std::move(email);
  if (account) to = account->user.email;
  WantedChallenge wanted{.kind = kind, .user = std::nullopt, .sent_to = to};
  if (account) wanted.user = account->user.id;
  auto issued = co_await unwrap(challenges->issue(unit, std::move(wanted)));
  const std::string_view event = issued.token ? "password reset requested" : "password reset not mailed";
  mails->send_reset(unit, std::move(to), std::move(issued.token), challenges->lifetime(kind));
  log_account_event(unit, event, account ? account->user.id : Uuid{});
  co_return Result<>{};
}

}  // namespace

Task<Result<api::Accepted<MailRequested>>> forgot_password(api::Call& call, ForgotPassword in, api::Units& units,
                                                           const Challenges& challenges, AccountMails& mails) {
  co_await unwrap(units.run(call, &request_reset, in.email.str(), &challenges, &mails));
  co_return api::Accepted<MailRequested>{challenges.requested(kind)};
}

}  // namespace ashlar::backend
