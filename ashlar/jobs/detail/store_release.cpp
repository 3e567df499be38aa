// SPDX-License-Identifier: Apache-2.0
// When held jobs begin, and what happens to jobs whose time has come or whose worker is dead.
#include "ashlar/jobs/detail/rate.hpp"
#include "ashlar/jobs/detail/store.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/sql/raw.hpp"
#include "ashlar/sql/transaction.hpp"

#include <algorithm>
#include <set>

namespace ashlar::jobs::detail {

namespace {

// Whether a job's predecessor and its batch let it begin. A predecessor that is unknown was done and is pruned.
#define ASHLAR_FREE                                                                                                  \
  "(j.after_id is null or (not exists (select 1 from jobs a where a.id = j.after_id) and not exists (select 1 from " \
  "job_history h where h.id = j.after_id and h.status in ('dead', 'cancelled')))) and (j.after_batch is null or "    \
  "not exists (select 1 from jobs b where b.batch = j.after_batch))"
#define ASHLAR_BEGINS "state = case when run_at > $1 then 'scheduled' else 'waiting' end"

constexpr sql::RawSql promote_sqlite{
    "update jobs set state = 'waiting' where seq in (select seq from jobs where state in ('scheduled', 'failed') and "
    "run_at <= $1 order by run_at limit 1000)"};
constexpr sql::RawSql promote_postgres{
    "update jobs set state = 'waiting' where seq in (select seq from jobs where state in ('scheduled', 'failed') and "
    "run_at <= $1 order by run_at limit 1000 for update skip locked)"};
// Each part is one look into a partial index.
constexpr sql::RawSql look_at_jobs{
    "select exists (select 1 from jobs where state = 'waiting') as waiting, exists (select 1 from jobs where state = "
    "'running') as running, exists (select 1 from jobs where state = 'held') as held, (select run_at from jobs where "
    "state in ('scheduled', 'failed') order by run_at limit 1) as next_due"};

// The lock orders the releases of one group, so that each counts what the one before it released. Jobs of other groups
// with the same hash wait as well, which is harmless.
constexpr sql::RawSql lock_group{"select pg_advisory_xact_lock(hashtextextended($1, 7233))::text"};
struct GroupPlace {
  std::int64_t group_concurrency = 1;
  std::int64_t group_rate = 0;
  std::int64_t taken = 0;
};
ASHLAR_DESCRIBE(GroupPlace, group_concurrency, group_rate, taken)
constexpr sql::RawSql find_place{
    "select group_concurrency, group_rate, (select count(*) from jobs o where o.group_key = $1 and o.state <> 'held') "
    "as taken from jobs where group_key = $1 and state = 'held' order by seq limit 1"};
constexpr sql::RawSql release_of_group{
    "update jobs as j set " ASHLAR_BEGINS
    " where j.state = 'held' and j.seq in (select seq from jobs where group_key = $2 and state = 'held' order by seq "
    "limit $3) and " ASHLAR_FREE};

constexpr sql::RawSql release_single{
    "update jobs as j set " ASHLAR_BEGINS
    " where j.state = 'held' and j.group_key is null and (j.after_id = $2 or j.after_batch = $2) and " ASHLAR_FREE};
constexpr sql::RawSql groups_after{
    "select distinct group_key from jobs where state = 'held' and group_key is not null and (after_id = $1 or "
    "after_batch = $1)"};
constexpr sql::RawSql release_all{
    "update jobs as j set " ASHLAR_BEGINS
    " where j.seq in (select j.seq from jobs j where j.state = 'held' and j.group_key is null and " ASHLAR_FREE
    " limit $2)"};
constexpr sql::RawSql next_group{"select group_key from jobs where group_key > $1 order by group_key limit 1"};

struct Successor {
  std::int64_t seq = 0;
  std::int64_t attempt = 0;
};
ASHLAR_DESCRIBE(Successor, seq, attempt)
constexpr sql::RawSql successors_of{"select seq, attempt from jobs where after_id = $1 and state = 'held'"};
constexpr sql::RawSql followed_sqlite{
    "select distinct after_id from jobs where state = 'held' and after_id in (select value from json_each($1))"};
constexpr sql::RawSql followed_postgres{
    "select distinct after_id from jobs where state = 'held' and after_id in (select value::uuid from "
    "json_array_elements_text($1::json))"};
constexpr sql::RawSql orphans{
    "select j.seq, j.attempt from jobs j where j.state = 'held' and j.after_id is not null and exists (select 1 from "
    "job_history h where h.id = j.after_id and h.status = 'cancelled') limit 100"};
constexpr sql::RawSql begin_to_end{
    "update jobs set state = 'running' where seq = $1 and attempt = $2 and state = 'held'"};

constexpr sql::RawSql rescue_sqlite{
    "update jobs set state = 'failed', worker = null, run_at = $1, error = $2 where state = 'running' and not exists "
    "(select 1 from job_workers w where w.id = jobs.worker and w.lease_until > $1)"};
// Leases are by the database's clock: the clocks of instances differ.
constexpr sql::RawSql rescue_postgres{
    "update jobs set state = 'failed', worker = null, run_at = $1, error = $2 where seq in (select seq from jobs where "
    "state = 'running' and not exists (select 1 from job_workers w where w.id = jobs.worker and w.lease_until > now()) "
    "for update skip locked)"};
constexpr const char* rescued_error = "job.worker_lost: The worker that ran this attempt stopped responding.";

Task<Result<>> cancel_successor(sql::Transaction& tx, Successor job, Timestamp now) {
  const auto begun = co_await unwrap(sql::execute(tx, begin_to_end, job.seq, job.attempt));
  if (begun.rows_affected == 0) co_return Result<>{};
  std::vector<AttemptEnd> ends{{.seq = job.seq,
                                .attempt = job.attempt,
                                .status = "cancelled",
                                .error = "job.predecessor_cancelled: The job that this one follows was cancelled."}};
  (void)co_await unwrap(end_in(tx, std::move(ends), now));
  co_return Result<>{};
}

Task<Result<>> release_group_in(sql::Transaction& tx, std::string group, Timestamp now) {
  if (tx.dialect() == sql::Dialect::postgres) (void)co_await unwrap(sql::raw<std::string>(lock_group, group).one(tx));
  const auto place = co_await unwrap(sql::raw<GroupPlace>(find_place, group).writing().one(tx));
  if (!place) co_return Result<>{};
  std::int64_t room = place->group_concurrency - place->taken;
  const bool rated = place->group_rate > 0;
  Starts starts;
  if (room > 0 && rated) {
    starts = co_await unwrap(find_starts(tx, "group:" + group, now));
    room = std::min(room, starts.room(place->group_rate));
  }
  if (room <= 0) co_return Result<>{};
  const auto released = co_await unwrap(sql::execute(tx, release_of_group, now, group, room));
  if (rated && released.rows_affected > 0) {
    starts.add(now, released.rows_affected);
    co_await unwrap(put_starts(tx, "group:" + group, starts, now));
  }
  co_return Result<>{};
}

}  // namespace

Task<Result<std::int64_t>> Store::promote(Timestamp now) {
  const auto done = co_await unwrap(sql::execute(database_, postgres() ? promote_postgres : promote_sqlite, now));
  co_return done.rows_affected;
}

Task<Result<Look>> Store::look() {
  const auto found = co_await unwrap(sql::raw<Look>(look_at_jobs).one(database_));
  co_return found.value_or(Look{});
}

Task<Result<>> Store::release_group(std::string group, Timestamp now) {
  co_return co_await sql::in_transaction(database_, &release_group_in, std::move(group), now);
}

Task<Result<>> Store::release_after(Uuid id, Timestamp now) {
  co_await unwrap(sql::execute(database_, release_single, now, id));
  for (const std::string& group : co_await unwrap(sql::raw<std::string>(groups_after, id).all(database_)))
    co_await unwrap(release_group(group, now));
  co_return Result<>{};
}

Task<Result<>> Store::cancel_after(Uuid id, Timestamp now) {
  std::vector<Uuid> ids{id};
  while (!ids.empty()) {
    const Uuid cancelled = ids.back();
    ids.pop_back();
    for (const Successor& each : co_await unwrap(sql::raw<Successor>(successors_of, cancelled).all(database_)))
      co_await unwrap(sql::in_transaction(database_, &cancel_successor, each, now));
  }
  co_return Result<>{};
}

Task<Result<>> Store::release(std::vector<EndedJob> ended, Timestamp now) {
  std::set<std::string> groups;
  std::set<Uuid> batches;
  std::vector<Uuid> done;
  for (const EndedJob& each : ended) {
    if (each.group_key) groups.insert(*each.group_key);
    if (each.batch) batches.insert(*each.batch);
    if (each.status == "cancelled") co_await unwrap(cancel_after(each.id, now));
    if (each.status == "done") done.push_back(each.id);
  }
  if (!done.empty()) {
    const auto& followed = postgres() ? followed_postgres : followed_sqlite;
    for (const Uuid& id : co_await unwrap(sql::raw<Uuid>(followed, schema::to_json(done)).all(database_)))
      co_await unwrap(release_after(id, now));
  }
  for (const std::string& group : groups) co_await unwrap(release_group(group, now));
  for (const Uuid& batch : batches) co_await unwrap(release_after(batch, now));
  co_return Result<>{};
}

Task<Result<std::string>> Store::sweep(std::string group, std::int64_t at_most, Timestamp now) {
  co_await unwrap(sql::execute(database_, release_all, now, at_most));
  for (const Successor& each : co_await unwrap(sql::raw<Successor>(orphans).all(database_)))
    co_await unwrap(sql::in_transaction(database_, &cancel_successor, each, now));
  for (std::int64_t i = 0; i < at_most; ++i) {
    const auto next = co_await unwrap(sql::raw<std::string>(next_group, group).one(database_));
    if (!next) co_return std::string{};
    group = *next;
    co_await unwrap(release_group(group, now));
  }
  co_return group;
}

Task<Result<std::int64_t>> Store::rescue(Timestamp now) {
  const auto done = co_await unwrap(
      sql::execute(database_, postgres() ? rescue_postgres : rescue_sqlite, now, std::string(rescued_error)));
  co_return done.rows_affected;
}

#undef ASHLAR_FREE
#undef ASHLAR_BEGINS

}  // namespace ashlar::jobs::detail
