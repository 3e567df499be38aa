// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/mfa_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/sql/query.hpp"

namespace ashlar::backend {

using sql::col;

namespace {

enum class MfaState : std::uint8_t { off, on };

// False when the account has this state already.
Task<Result<bool>> set_state(api::UnitOfWork& unit, Uuid user, MfaState state) {
  const bool enabled = state == MfaState::on;
  const auto updated =
      co_await unwrap(sql::update<UserRow>()
                          .set(col<&UserRow::mfa_enabled> = enabled, col<&UserRow::updated_at> = unit.call().now())
                          .where(col<&UserRow::id> == user && col<&UserRow::mfa_enabled> != enabled)
                          .run(unit));
  co_return updated.rows_affected == 1;
}

// `before` and `after`: of users.mfa_enabled; nullptr: it does not change.
void record_mfa(api::UnitOfWork& unit, std::string_view action, const Uuid& user, const char* before = nullptr,
                const char* after = nullptr) {
  audit::Event event{.action = action, .resource = "user", .resource_id = user.to_string(), .account = user};
  if (before != nullptr) event.changes = audit::ChangedFields().add("mfaEnabled", before, after).to_json();
  audit::record(unit, std::move(event));
}

Task<Result<>> end_challenges(api::UnitOfWork& unit, Uuid user) {
  co_await unwrap(sql::erase<MfaChallengeRow>().where(col<&MfaChallengeRow::user_id> == user).run(unit));
  co_return Result<>{};
}

}  // namespace

Task<Result<std::optional<MfaSecretRow>>> MfaRepository::find_secret_locked(api::UnitOfWork& unit, Uuid user) {
  return sql::from<MfaSecretRow>().where(col<&MfaSecretRow::user_id> == user).for_update().one(unit);
}

Task<Result<bool>> MfaRepository::put_pending_secret(api::UnitOfWork& unit, MfaSecretRow secret) {
  const auto put = co_await unwrap(sql::insert(secret)
                                       .on_conflict<&MfaSecretRow::user_id>()
                                       .where(col<&MfaSecretRow::enabled_at>.is_null())
                                       .replace_all()
                                       .run(unit));
  if (put.rows_affected != 1) co_return false;
  record_mfa(unit, "set_up_mfa", secret.user_id);
  co_return true;
}

Task<Result<bool>> MfaRepository::enable(api::UnitOfWork& unit, Uuid user, std::int64_t step) {
  const auto enabled =
      co_await unwrap(sql::update<MfaSecretRow>()
                          .set(col<&MfaSecretRow::enabled_at> = unit.call().now(), col<&MfaSecretRow::last_step> = step)
                          .where(col<&MfaSecretRow::user_id> == user && col<&MfaSecretRow::enabled_at>.is_null())
                          .run(unit));
  if (enabled.rows_affected != 1) co_return false;
  co_await unwrap(end_challenges(unit, user));
  record_mfa(unit, "enable_mfa", user, "false", "true");
  co_return co_await set_state(unit, user, MfaState::on);
}

Task<Result<bool>> MfaRepository::use_step(api::UnitOfWork& unit, Uuid user, std::int64_t step) {
  const auto used =
      co_await unwrap(sql::update<MfaSecretRow>()
                          .set(col<&MfaSecretRow::last_step> = step)
                          .where(col<&MfaSecretRow::user_id> == user && col<&MfaSecretRow::enabled_at>.is_not_null() &&
                                 (col<&MfaSecretRow::last_step>.is_null() || col<&MfaSecretRow::last_step> < step))
                          .run(unit));
  co_return used.rows_affected == 1;
}

Task<Result<>> MfaRepository::replace_sealed(api::UnitOfWork& unit, Uuid user, std::string sealed) {
  co_await unwrap(sql::update<MfaSecretRow>()
                      .set(col<&MfaSecretRow::secret> = sealed)
                      .where(col<&MfaSecretRow::user_id> == user)
                      .run(unit));
  co_return Result<>{};
}

Task<Result<>> MfaRepository::set_wrong_codes(api::UnitOfWork& unit, Uuid user, std::int64_t count, Timestamp since) {
  co_await unwrap(sql::update<MfaSecretRow>()
                      .set(col<&MfaSecretRow::wrong_codes> = count, col<&MfaSecretRow::wrong_codes_since> = since)
                      .where(col<&MfaSecretRow::user_id> == user)
                      .run(unit));
  co_return Result<>{};
}

Task<Result<bool>> MfaRepository::remove(api::UnitOfWork& unit, Uuid user) {
  co_await unwrap(end_challenges(unit, user));
  co_await unwrap(sql::erase<MfaSecretRow>().where(col<&MfaSecretRow::user_id> == user).run(unit));
  co_await unwrap(sql::erase<MfaRecoveryCodeRow>().where(col<&MfaRecoveryCodeRow::user_id> == user).run(unit));
  const bool was_on = co_await unwrap(set_state(unit, user, MfaState::off));
  if (was_on) record_mfa(unit, "disable_mfa", user, "true", "false");
  co_return was_on;
}

Task<Result<>> MfaRepository::replace_recovery_codes(api::UnitOfWork& unit, Uuid user,
                                                     std::vector<std::string> hashes) {
  std::vector<MfaRecoveryCodeRow> rows;
  for (std::string& hash : hashes) rows.push_back({.user_id = user, .code_hash = std::move(hash)});
  co_await unwrap(sql::erase<MfaRecoveryCodeRow>().where(col<&MfaRecoveryCodeRow::user_id> == user).run(unit));
  co_await unwrap(sql::insert_many(rows).run(unit));
  record_mfa(unit, "renew_recovery_codes", user);
  co_return Result<>{};
}

Task<Result<bool>> MfaRepository::use_recovery_code(api::UnitOfWork& unit, Uuid user, std::string hash) {
  const auto removed = co_await unwrap(
      sql::erase<MfaRecoveryCodeRow>()
          .where(col<&MfaRecoveryCodeRow::user_id> == user && col<&MfaRecoveryCodeRow::code_hash> == hash)
          .run(unit));
  if (removed.rows_affected != 1) co_return false;
  record_mfa(unit, "use_recovery_code", user);
  co_return true;
}

Task<Result<>> MfaRepository::create_challenge(api::UnitOfWork& unit, MfaChallengeRow challenge,
                                               std::int64_t others_kept) {
  co_await unwrap(sql::erase<MfaChallengeRow>()
                      .where(col<&MfaChallengeRow::user_id> == challenge.user_id &&
                             col<&MfaChallengeRow::expires_at> <= challenge.created_at)
                      .run(unit));
  const auto beyond =
      co_await unwrap(sql::from<MfaChallengeRow>()
                          .where(col<&MfaChallengeRow::user_id> == challenge.user_id)
                          .order_by(sql::desc<&MfaChallengeRow::created_at>, sql::desc<&MfaChallengeRow::token_hash>)
                          .page(2, others_kept)
                          .all(unit));
  if (!beyond.empty()) {
    std::vector<std::string> hashes;
    for (const MfaChallengeRow& row : beyond) hashes.push_back(row.token_hash);
    co_await unwrap(sql::erase<MfaChallengeRow>().where(col<&MfaChallengeRow::token_hash>.in(hashes)).run(unit));
  }
  co_await unwrap(sql::insert(challenge).run(unit));
  co_return Result<>{};
}

Task<Result<std::optional<MfaChallengeRow>>> MfaRepository::find_challenge(api::UnitOfWork& unit,
                                                                           std::string token_hash) {
  return sql::from<MfaChallengeRow>().where(col<&MfaChallengeRow::token_hash> == token_hash).one(unit);
}

Task<Result<bool>> MfaRepository::take_attempt(api::UnitOfWork& unit, std::string token_hash,
                                               std::int64_t attempts_max) {
  const auto taken = co_await unwrap(sql::update<MfaChallengeRow>()
                                         .set(col<&MfaChallengeRow::attempts> += 1)
                                         .where(col<&MfaChallengeRow::token_hash> == token_hash &&
                                                col<&MfaChallengeRow::attempts> < attempts_max &&
                                                col<&MfaChallengeRow::expires_at> > unit.call().now())
                                         .run(unit));
  co_return taken.rows_affected == 1;
}

Task<Result<bool>> MfaRepository::end_challenge(api::UnitOfWork& unit, std::string token_hash) {
  const auto ended =
      co_await unwrap(sql::erase<MfaChallengeRow>().where(col<&MfaChallengeRow::token_hash> == token_hash).run(unit));
  co_return ended.rows_affected == 1;
}

}  // namespace ashlar::backend
