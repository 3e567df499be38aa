// SPDX-License-Identifier: Apache-2.0
#include "ashlar/events/outbox.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/events/detail/outbox_statements.hpp"
#include "ashlar/sql/raw.hpp"
#include "ashlar/sql/transaction.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace ashlar::events {

namespace {

using sql::Dialect;
using sql::RawSql;
using sql::to_value;

bool is_postgres(const sql::Executor& in) { return in.dialect() == Dialect::postgres; }

RawSql by_dialect(const sql::Executor& in, RawSql postgres, RawSql sqlite) {
  return is_postgres(in) ? postgres : sqlite;
}

// The columns of the statements that read events: taken, sequence, id, type, key, actor_id, actor_kind, at, data.
Event event_of(const sql::Row& row) {
  Event out{.id = row.uuid(2),
            .sequence = row.integer(1),
            .type = std::string(row.text(3)),
            .at = row.timestamp(7),
            .key = std::string(row.text(4)),
            .actor = {},
            .data = JsonObject::trusted(std::string(row.text(8)))};
  if (!row.is_null(5)) out.actor = Actor{.id = row.uuid(5), .kind = row.is_null(6) ? "" : std::string(row.text(6))};
  return out;
}

template <class... Parameters>
sql::Statement statement(RawSql sql, const Parameters&... parameters) {
  return {.sql = std::string(sql.text()), .parameters = {to_value(parameters)...}};
}

struct Acquired {
  std::string snapshot;
  std::int64_t horizon = 0;
  std::int64_t floor = 0;
  Nullable<std::string> round_snapshot;
  std::int64_t round_floor = 0;
  std::int64_t version = 0;
  bool is_foreign = false;
};
ASHLAR_DESCRIBE(Acquired, snapshot, horizon, floor, round_snapshot, round_floor, version, is_foreign)

Position position_of(Acquired row) {
  return {.snapshot = std::move(row.snapshot),
          .horizon = row.horizon,
          .floor = row.floor,
          .round_snapshot = row.round_snapshot.as_optional(),
          .round_floor = row.round_floor,
          .version = row.version};
}

Task<Result<>> adopt(sql::Transaction& transaction) {
  co_await unwrap(sql::execute(transaction, detail::lock_events));
  co_await unwrap(sql::execute(transaction, detail::rewind_consumers));
  co_await unwrap(sql::execute(transaction, detail::settle_rows));
  co_return Result<>{};
}

}  // namespace

ConsumerState ConsumerState::example() {
  const Event event = Event::example();
  return {.name = "webhooks",
          .sequence = event.sequence,
          .waiting = 0,
          .oldest_waiting_at = {},
          .holder = event.id,
          .lease_until = event.at + std::chrono::seconds(15),
          .updated_at = event.at};
}

Task<Result<>> Outbox::adopt_restored_rows() {
  if (!is_postgres(database_)) co_return Result<>{};
  const auto foreign = co_await unwrap(sql::raw<bool>(detail::has_foreign_rows).one(database_));
  if (foreign.value_or(false)) co_await unwrap(sql::in_transaction(database_, &adopt));
  co_return Result<>{};
}

Task<Result<>> Outbox::add_consumer(std::string name, StartFrom start) {
  co_await unwrap(adopt_restored_rows());
  if (is_postgres(database_)) {
    const auto& add = start == StartFrom::now ? detail::add_now_on_postgres : detail::add_oldest_on_postgres;
    co_await unwrap(sql::execute(database_, add, name));
  } else {
    co_await unwrap(sql::execute(database_, detail::add_on_sqlite, name, start == StartFrom::now));
  }
  co_return Result<>{};
}

Task<Result<bool>> Outbox::remove_consumer(std::string name) {
  const auto removed = co_await unwrap(sql::execute(database_, "delete from event_consumers where name = $1", name));
  co_return removed.rows_affected > 0;
}

Task<Result<std::optional<Position>>> Outbox::acquire(LeaseRequest lease) {
  const auto acquire = by_dialect(database_, detail::acquire_on_postgres, detail::acquire_on_sqlite);
  const auto query = [&] {
    return sql::raw<Acquired>(acquire, lease.consumer, lease.holder, static_cast<std::int64_t>(lease.time.count()))
        .writing();
  };
  auto row = co_await unwrap(query().one(database_));
  if (row && row->is_foreign) {  // this database was restored from another server's
    co_await unwrap(sql::in_transaction(database_, &adopt));
    row = co_await unwrap(query().one(database_));
  }
  if (row) co_return position_of(std::move(*row));
  const auto known = co_await unwrap(
      sql::raw<std::string>("select name from event_consumers where name = $1", lease.consumer).one(database_));
  if (!known) co_return fail(errors::unknown_consumer, "There is no such consumer of events.");
  co_return std::nullopt;
}

Task<Result<>> Outbox::release(std::string consumer, Uuid holder) {
  co_await unwrap(sql::execute(database_, detail::release_lease, consumer, holder));
  co_return Result<>{};
}

Task<Result<Batch>> Outbox::read(Position from, std::int64_t events_max) {
  sql::Statement query;
  if (!is_postgres(database_)) {
    query = statement(detail::read_on_sqlite, from.floor, events_max);
  } else if (from.round_snapshot) {
    query = statement(RawSql::trusted(detail::read_round_on_postgres()), from.snapshot, from.horizon, from.floor,
                      from.round_floor, events_max, *from.round_snapshot);
  } else {
    query = statement(RawSql::trusted(detail::read_on_postgres()), from.snapshot, from.horizon, from.floor,
                      from.round_floor, events_max);
  }
  std::string taken;
  Batch batch{.events = {}, .next = from};
  query.on_row = [&](const sql::Row& row) {
    taken = row.text(0);
    if (!row.is_null(1)) batch.events.push_back(event_of(row));
  };
  co_await unwrap(database_.execute(std::move(query)));

  Position& next = batch.next;
  const bool is_full = std::cmp_equal(batch.events.size(), events_max);
  batch.is_last = !is_full && !from.round_snapshot;  // the end of a round says nothing about what came since it began
  const std::int64_t last = batch.events.empty() ? from.round_floor : batch.events.back().sequence;
  if (!is_postgres(database_)) {
    next.floor = std::max(from.floor, last);
  } else if (is_full) {
    next.round_snapshot = taken;
    next.round_floor = last;
  } else if (!batch.events.empty() || from.round_snapshot) {
    next.snapshot = std::move(taken);
    next.floor = std::max(from.floor, last);
    next.round_snapshot.reset();
    next.round_floor = 0;
  }
  co_return batch;
}

Task<Result<>> Outbox::advance(api::UnitOfWork& unit, Position next, LeaseRequest lease) {
  const auto advance = by_dialect(unit, detail::advance_on_postgres, detail::advance_on_sqlite);
  const auto advanced = co_await unwrap(sql::execute(unit, advance, lease.consumer, next.version, next.snapshot,
                                                     next.floor, next.round_snapshot, next.round_floor, lease.holder,
                                                     static_cast<std::int64_t>(lease.time.count())));
  if (advanced.rows_affected != 1)
    co_return fail(errors::position_taken, "Another instance has processed these events.");
  co_return Result<>{};
}

Task<Result<std::int64_t>> Outbox::prune(RetentionOptions options, Timestamp now) {
  const auto prune = by_dialect(database_, detail::prune_on_postgres, detail::prune_on_sqlite);
  std::int64_t removed = 0;
  while (true) {
    const auto pruned =
        co_await unwrap(sql::execute(database_, prune, now - options.age_max, options.count_max,
                                     now - std::max(options.lagging_max, options.age_max), options.rows_per_statement));
    removed += pruned.rows_affected;
    if (pruned.rows_affected < options.rows_per_statement) co_return removed;
  }
}

Task<Result<Outbox::Extent>> Outbox::extent() {
  Extent out;
  auto query = statement("select coalesce(min(sequence), 0), coalesce(max(sequence), 0) from events");
  query.on_row = [&out](const sql::Row& row) { out = {.oldest = row.integer(0), .newest = row.integer(1)}; };
  co_await unwrap(database_.execute(std::move(query)));
  co_return out;
}

Task<Result<std::vector<ConsumerState>>> Outbox::consumers() {
  return sql::raw<ConsumerState>(
             by_dialect(database_, RawSql::trusted(detail::consumers_on_postgres()), detail::consumers_on_sqlite),
             waiting_counted_max)
      .all(database_);
}

// A transaction takes its lock on the table before its first sequence. So if it is not among the writers that are read
// after the last sequence, it has no sequence up to that one, or it has ended.
Task<Result<std::int64_t>> Outbox::settled_sequence() {
  if (!is_postgres(database_))
    co_return (co_await unwrap(sql::raw<std::int64_t>(detail::last_sequence_on_sqlite).one(database_))).value_or(0);
  constexpr std::chrono::milliseconds pause{10};
  constexpr int looks_max = 100;
  std::int64_t last = 0;
  std::set<std::string> writers;
  for (int look = 0; look < looks_max; ++look) {
    if (look == 0)
      last = (co_await unwrap(sql::raw<std::int64_t>(detail::last_sequence_on_postgres).one(database_))).value_or(0);
    const auto now = co_await unwrap(sql::raw<std::string>(detail::writers_on_postgres).all(database_));
    if (look == 0) {
      writers = {now.begin(), now.end()};
    } else {
      std::erase_if(writers, [&](const std::string& writer) { return std::ranges::find(now, writer) == now.end(); });
    }
    if (writers.empty()) {
      std::int64_t known = settled_.load();
      while (known < last && !settled_.compare_exchange_weak(known, last)) {
      }
      co_return std::max(known, last);
    }
    co_await async::sleep_for(pause);
  }
  co_return settled_.load();
}

Task<Result<std::vector<Event>>> Outbox::list_after(std::int64_t sequence, std::int64_t events_max) {
  const std::int64_t settled = co_await unwrap(settled_sequence());
  std::vector<Event> out;
  auto query = statement(detail::list_after, sequence, settled, events_max);
  query.on_row = [&out](const sql::Row& row) { out.push_back(event_of(row)); };
  co_await unwrap(database_.execute(std::move(query)));
  co_return out;
}

}  // namespace ashlar::events
