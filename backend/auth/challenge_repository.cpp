// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/challenge_repository.hpp"

#include "ashlar/sql/query.hpp"

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::desc;
using sql::from;

Task<Result<std::optional<ChallengeRow>>> ChallengeRepository::find_open(std::string token_hash, Timestamp now) {
  return from<ChallengeRow>()
      .where(col<&ChallengeRow::token_hash> == token_hash && col<&ChallengeRow::status> == ChallengeStatus::open &&
             col<&ChallengeRow::expires_at> > now)
      .one(in_);
}

Task<Result<bool>> ChallengeRepository::any_used(Uuid user, ChallengeKind kind, std::string payload, Timestamp now) {
  return from<ChallengeRow>()
      .where(col<&ChallengeRow::user_id> == user && col<&ChallengeRow::kind> == kind &&
             col<&ChallengeRow::payload> == payload && col<&ChallengeRow::status> == ChallengeStatus::used &&
             col<&ChallengeRow::expires_at> > now)
      .exists(in_);
}

Task<Result<std::vector<ChallengeRow>>> ChallengeRepository::made_since(Uuid user, ChallengeKind kind, Timestamp since,
                                                                        std::int64_t count_max) {
  return from<ChallengeRow>()
      .where(col<&ChallengeRow::user_id> == user && col<&ChallengeRow::kind> == kind &&
             col<&ChallengeRow::created_at> > since)
      .order_by(asc<&ChallengeRow::created_at>, asc<&ChallengeRow::id>)
      .limit(count_max)
      .all(in_);
}

Task<Result<>> ChallengeRepository::end_beyond(api::UnitOfWork& unit, Uuid user, ChallengeKind kind, std::size_t kept) {
  const auto open =
      co_await unwrap(from<ChallengeRow>()
                          .where(col<&ChallengeRow::user_id> == user && col<&ChallengeRow::kind> == kind &&
                                 col<&ChallengeRow::status> == ChallengeStatus::open)
                          .order_by(desc<&ChallengeRow::created_at>, desc<&ChallengeRow::id>)
                          .all(unit));
  std::vector<Uuid> beyond;
  for (std::size_t i = kept; i < open.size(); ++i) beyond.push_back(open[i].id);
  if (beyond.empty()) beyond.push_back(Uuid{});  // no row has it
  co_await unwrap(sql::update<ChallengeRow>()
                      .set(col<&ChallengeRow::status> = ChallengeStatus::ended)
                      .where(col<&ChallengeRow::id>.in(beyond))
                      .run(unit));
  co_return Result<>{};
}

Task<Result<>> ChallengeRepository::create(api::UnitOfWork& unit, ChallengeRow challenge, Timestamp keep_since) {
  co_await unwrap(sql::erase<ChallengeRow>().where(col<&ChallengeRow::expires_at> <= keep_since).run(unit));
  co_await unwrap(sql::insert(challenge).run(unit));
  co_return Result<>{};
}

Task<Result<bool>> ChallengeRepository::use(api::UnitOfWork& unit, Uuid id) {
  const auto used =
      co_await unwrap(sql::update<ChallengeRow>()
                          .set(col<&ChallengeRow::status> = ChallengeStatus::used)
                          .where(col<&ChallengeRow::id> == id && col<&ChallengeRow::status> == ChallengeStatus::open &&
                                 col<&ChallengeRow::expires_at> > unit.call().now())
                          .run(unit));
  co_return used.rows_affected == 1;
}

Task<Result<>> ChallengeRepository::end_all(api::UnitOfWork& unit, Uuid user) {
  using enum ChallengeKind;
  return end(unit, user, {email_verification, password_reset, email_change_current, email_change_new});
}

Task<Result<>> ChallengeRepository::end_for_new_password(api::UnitOfWork& unit, Uuid user) {
  using enum ChallengeKind;
  return end(unit, user, {password_reset, email_change_current, email_change_new});
}

Task<Result<>> ChallengeRepository::end(api::UnitOfWork& unit, Uuid user, std::vector<ChallengeKind> kinds) {
  co_await unwrap(sql::update<ChallengeRow>()
                      .set(col<&ChallengeRow::status> = ChallengeStatus::ended)
                      .where(col<&ChallengeRow::user_id> == user && col<&ChallengeRow::kind>.in(kinds) &&
                             col<&ChallengeRow::status> != ChallengeStatus::ended)
                      .run(unit));
  co_return Result<>{};
}

}  // namespace ashlar::backend
