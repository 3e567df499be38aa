// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/challenges.hpp"

#include "ashlar/api/rate_limit.hpp"
#include "ashlar/audit/record.hpp"
#include "ashlar/auth/one_time_token.hpp"
#include "ashlar/core/encoding.hpp"
#include "backend/auth/challenge_repository.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::backend {

namespace {

constexpr std::chrono::hours counted{1};  // the window of hourly_max; rows are kept for as long after they expired

bool is_of_email_change(ChallengeKind kind) {
  return kind == ChallengeKind::email_change_current || kind == ChallengeKind::email_change_new;
}

void record_challenge(api::UnitOfWork& unit, std::string_view action, const Uuid& id, ChallengeKind kind,
                      const Uuid& account) {
  audit::record(unit, {.action = action,
                       .resource = "challenge",
                       .resource_id = id.to_string(),
                       .changes = audit::ChangedFields().add("kind", "null", audit::canonical_json(kind)).to_json(),
                       .account = account});
}

Error invalid_challenge() {
  return {errors::challenge_invalid, "This token is wrong, was used or replaced, or has expired. Ask for a new one."};
}

// A token that was sent to an address which the account had before must not change the account of today.
bool was_sent_to_owner(const ChallengeRow& row, const User& user) {
  const std::string& expected = row.kind == ChallengeKind::email_change_new ? row.payload : user.email;
  return ascii_iequals(row.sent_to, expected);
}

}  // namespace

Error too_many_mails(std::chrono::seconds retry_after) {
  return Error(api::errors::rate_limited, "Too many mails were sent for this account.").with_retry_after(retry_after);
}

std::chrono::milliseconds Challenges::lifetime(ChallengeKind kind) const {
  switch (kind) {
    case ChallengeKind::email_verification:
      return options_.verification_lifetime;
    case ChallengeKind::password_reset:
      return options_.reset_lifetime;
    case ChallengeKind::email_change_current:
    case ChallengeKind::email_change_new:
      return options_.email_change_lifetime;
  }
  return options_.reset_lifetime;
}

std::size_t Challenges::open_max(ChallengeKind kind) const { return is_of_email_change(kind) ? 1 : options_.open_max; }

Task<Result<IssuedChallenge>> Challenges::issue(api::UnitOfWork& unit, WantedChallenge wanted) const {
  const Timestamp now = unit.call().now();
  const auto recent = co_await unwrap(ChallengeRepository(unit).made_since(
      wanted.user.value_or(Uuid{}), wanted.kind, now - std::chrono::milliseconds(counted), options_.hourly_max));
  IssuedChallenge out;
  if (static_cast<std::int64_t>(recent.size()) >= options_.hourly_max) {
    out.retry_after = std::chrono::ceil<std::chrono::seconds>(recent.front().created_at + counted - now);
    wanted.user.reset();
  }
  co_await unwrap(
      ChallengeRepository::end_beyond(unit, wanted.user.value_or(Uuid{}), wanted.kind, open_max(wanted.kind) - 1));
  auth::OneTimeToken token = auth::new_one_time_token(random_);
  const Uuid id = unit.call().new_id();
  co_await unwrap(ChallengeRepository::create(unit,
                                              {.id = id,
                                               .user_id = wanted.user,
                                               .kind = wanted.kind,
                                               .status = ChallengeStatus::open,
                                               .token_hash = std::move(token.hash),
                                               .sent_to = std::move(wanted.sent_to),
                                               .payload = std::move(wanted.payload),
                                               .created_at = now,
                                               .expires_at = now + lifetime(wanted.kind)},
                                              now - std::chrono::milliseconds(counted)));
  // A reset is asked for without signing in, by anybody and for any address: it leaves no entry, which would stay.
  if (wanted.user && wanted.kind != ChallengeKind::password_reset)
    record_challenge(unit, "issue", id, wanted.kind, *wanted.user);
  if (wanted.user) out.token = std::move(token.text);
  co_return out;
}

Task<Result<Uuid>> Challenges::expect(sql::Executor& in, Timestamp now, std::string token,
                                      std::vector<ChallengeKind> kinds) const {
  const auto row = co_await unwrap(ChallengeRepository(in).find_open(auth::one_time_token_hash(token), now));
  if (!row || !row->user_id || std::ranges::find(kinds, row->kind) == kinds.end())
    co_return std::unexpected(invalid_challenge());
  co_return *row->user_id;
}

Task<Result<UsedChallenge>> Challenges::take(api::UnitOfWork& unit, std::string token,
                                             std::vector<ChallengeKind> kinds) const {
  const std::string hash = auth::one_time_token_hash(token);
  auto row = co_await unwrap(ChallengeRepository(unit).find_open(hash, unit.call().now()));
  if (!row || !row->user_id || std::ranges::find(kinds, row->kind) == kinds.end())
    co_return std::unexpected(invalid_challenge());
  auto account =
      co_await unwrap(UserRepository::find_account_locked(unit, *row->user_id, UserRepository::Lock::exclusive));
  if (!account || !was_sent_to_owner(*row, account->user)) co_return std::unexpected(invalid_challenge());
  if (!co_await unwrap(ChallengeRepository::use(unit, row->id))) co_return std::unexpected(invalid_challenge());
  record_challenge(unit, "use", row->id, row->kind, *row->user_id);
  co_return UsedChallenge{.row = std::move(*row), .account = std::move(*account)};
}

}  // namespace ashlar::backend
