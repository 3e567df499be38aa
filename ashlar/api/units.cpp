// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/units.hpp"

#include "ashlar/sql/raw.hpp"

#include <stdexcept>

namespace ashlar::api {

namespace {

// Each key that is claimed removes up to this many expired ones, so that the table stays as small as one lifetime's
// use.
constexpr std::int64_t expired_removed_max = 8;

constexpr sql::RawSql claim_key{
    "insert into idempotency_keys (user_id, name, request, answer, expires_at) values ($1, $2, $3, null, $4) "
    "on conflict (user_id, name) do update set request = excluded.request, answer = null, "
    "expires_at = excluded.expires_at where idempotency_keys.expires_at <= $5"};
constexpr sql::RawSql find_key{"select request, answer from idempotency_keys where user_id = $1 and name = $2"};
constexpr sql::RawSql store_reply{"update idempotency_keys set answer = $3 where user_id = $1 and name = $2"};
// Skips rows that another transaction has locked: waiting for them could deadlock. SQLite has one writer.
constexpr sql::RawSql remove_expired_postgres{
    "delete from idempotency_keys where (user_id, name) in (select user_id, name from idempotency_keys "
    "where expires_at <= $1 order by expires_at limit $2 for update skip locked)"};
constexpr sql::RawSql remove_expired_sqlite{
    "delete from idempotency_keys where (user_id, name) in (select user_id, name from idempotency_keys "
    "where expires_at <= $1 order by expires_at limit $2)"};

struct StoredReply {
  std::string request;
  Nullable<std::string> answer;
};
ASHLAR_DESCRIBE(StoredReply, request, answer)

}  // namespace

void Units::refuse_to_store() {
  throw std::logic_error("a unit under an idempotency key returns a described struct or nothing: its reply is stored");
}

Task<Result<std::optional<std::string>>> Units::claim(UnitOfWork& unit) {
  const Call& call = unit.call();
  const Uuid user = call.principal()->id;
  const std::string name(call.idempotency_key());
  const Timestamp now = call.now();
  const auto claimed = co_await unwrap(sql::execute(unit, claim_key, user, name, std::string(call.fingerprint()),
                                                    now + options_.idempotency_lifetime, now));
  if (claimed.rows_affected == 1) {
    const bool postgres = unit.dialect() == sql::Dialect::postgres;
    const sql::RawSql& remove_expired = postgres ? remove_expired_postgres : remove_expired_sqlite;
    co_await unwrap(sql::execute(unit, remove_expired, now, expired_removed_max));
    co_return std::nullopt;
  }

  auto earlier = co_await unwrap(sql::raw<StoredReply>(find_key, user, name).writing().one(unit));
  // The row exists and is complete unless another instance, whose clock is ahead, removed it as expired.
  if (!earlier || !earlier->answer)
    co_return fail(sql::errors::serialization, "Another request changed the same data at the same time.");
  if (earlier->request != call.fingerprint())
    co_return fail(errors::idempotency_mismatch, "This Idempotency-Key was used for another request.");
  co_return std::move(*earlier->answer);
}

Task<Result<>> Units::end(UnitOfWork& unit, const Error* error, std::optional<std::string> stored) {
  if (error != nullptr) {
    co_await unit.rollback();
    co_return Result<>{};
  }
  if (stored) {
    const Call& call = unit.call();
    co_await unwrap(
        sql::execute(unit, store_reply, call.principal()->id, std::string(call.idempotency_key()), *stored));
  }
  co_return co_await unit.commit();
}

}  // namespace ashlar::api
