// SPDX-License-Identifier: Apache-2.0
#include "backend/realtime/realtime_repository.hpp"

#include "ashlar/sql/query.hpp"

namespace ashlar::backend {

using sql::col;

Task<Result<std::uint64_t>> RealtimeRepository::epoch() {
  const auto row = co_await unwrap(sql::find<&RealtimeEpochRow::name>("outbox").one(in_));
  if (!row) co_return fail(sql::errors::failed, "The table realtime_epochs has no row \"outbox\".");
  co_return static_cast<std::uint64_t>(row->epoch);
}

Task<Result<std::optional<RealtimeTicketRow>>> RealtimeRepository::take(std::string token_hash) {
  return sql::erase<RealtimeTicketRow>().where(col<&RealtimeTicketRow::token_hash> == token_hash).returning_one(in_);
}

Task<Result<>> RealtimeRepository::add(api::UnitOfWork& unit, RealtimeTicketRow ticket) {
  const Timestamp now = unit.call().now();
  co_await unwrap(sql::erase<RealtimeTicketRow>().where(col<&RealtimeTicketRow::expires_at> <= now).run(unit));
  co_await unwrap(sql::insert(ticket).run(unit));
  co_return Result<>{};
}

}  // namespace ashlar::backend
