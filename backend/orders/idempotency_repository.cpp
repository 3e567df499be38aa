// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/idempotency_repository.hpp"

#include "ashlar/sql/query.hpp"

namespace ashlar::backend {

using sql::col;

namespace {

// Each key that is claimed takes so many along, so that the table stays as small as what one day brings.
constexpr std::int64_t expired_dropped = 8;

// Rows that another transaction holds are left to it: who waited for them could wait in a circle. SQLite has one
// writer.
constexpr sql::RawSql drop_expired_postgres{
    "delete from idempotency_keys where (user_id, name) in (select user_id, name from idempotency_keys "
    "where expires_at <= $1 order by expires_at limit $2 for update skip locked)"};
constexpr sql::RawSql drop_expired_sqlite{
    "delete from idempotency_keys where (user_id, name) in (select user_id, name from idempotency_keys "
    "where expires_at <= $1 order by expires_at limit $2)"};

}  // namespace

Task<Result<std::optional<Order>>> IdempotencyRepository::claim(IdempotencyRow row, Timestamp now) {
  auto claimed = co_await sql::insert(row)
                     .on_conflict<&IdempotencyRow::user_id, &IdempotencyRow::name>()
                     .where(col<&IdempotencyRow::expires_at> <= now)
                     .replace_all()
                     .run(in_);
  if (!claimed) co_return std::unexpected(std::move(claimed.error()));
  if (claimed->rows_affected == 1) {
    if (auto dropped = co_await drop_expired(now); !dropped) co_return std::unexpected(std::move(dropped.error()));
    co_return std::nullopt;
  }

  auto earlier = co_await sql::from<IdempotencyRow>()
                     .where(col<&IdempotencyRow::user_id> == row.user_id && col<&IdempotencyRow::name> == row.name)
                     .one(in_);
  if (!earlier) co_return std::unexpected(std::move(earlier.error()));
  // It is there, and whole, unless another's clock is ahead of ours, and its sweep took it.
  if (!*earlier || !(*earlier)->answer)
    co_return fail(sql::errors::serialization, "Somebody else changed the same at the same time.");
  if ((*earlier)->request != row.request)
    co_return fail(errors::idempotency_mismatch, "This Idempotency-Key was used for another request.");
  co_return std::move(*(*earlier)->answer);
}

Task<Result<>> IdempotencyRepository::keep(Uuid user, std::string key, Order answer) {
  auto kept = co_await sql::update<IdempotencyRow>()
                  .set(col<&IdempotencyRow::answer> = answer)
                  .where(col<&IdempotencyRow::user_id> == user && col<&IdempotencyRow::name> == key)
                  .run(in_);
  if (!kept) co_return std::unexpected(std::move(kept.error()));
  co_return Result<>{};
}

Task<Result<>> IdempotencyRepository::drop_expired(Timestamp now) {
  const auto& text = in_.dialect() == sql::Dialect::postgres ? drop_expired_postgres : drop_expired_sqlite;
  auto dropped = co_await sql::execute(in_, text, now, expired_dropped);
  if (!dropped) co_return std::unexpected(std::move(dropped.error()));
  co_return Result<>{};
}

}  // namespace ashlar::backend
