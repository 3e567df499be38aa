// SPDX-License-Identifier: Apache-2.0
// Workers and their leases, the settings of queues, and the care of the tables.
#include "ashlar/jobs/detail/store.hpp"
#include "ashlar/sql/raw.hpp"
#include "ashlar/sql/transaction.hpp"

namespace ashlar::jobs::detail {

namespace {

// On PostgreSQL leases are by the database's clock, since the clocks of instances differ. On SQLite there is one clock.
constexpr sql::RawSql register_sqlite{
    "insert into job_workers (id, name, started_at, lease_until) values ($1, $2, $4, $4 + $3) on conflict (id) do "
    "update set lease_until = excluded.lease_until"};
constexpr sql::RawSql register_postgres{
    "insert into job_workers (id, name, started_at, lease_until) values ($1, $2, $4, now() + $3::bigint * interval '1 "
    "millisecond') on conflict (id) do update set lease_until = excluded.lease_until"};
constexpr sql::RawSql renew_sqlite{"update job_workers set lease_until = $3 + $2 where id = $1 and lease_until > $3"};
constexpr sql::RawSql renew_postgres{
    "update job_workers set lease_until = now() + $2::bigint * interval '1 millisecond' where id = $1 and lease_until "
    "> "
    "now()"};
constexpr sql::RawSql remove_dead_sqlite{"delete from job_workers where lease_until <= $1 - 60000"};
constexpr sql::RawSql remove_dead_postgres{
    "delete from job_workers where lease_until <= now() - interval '60 seconds'"};

constexpr sql::RawSql add_queue{
    "insert into job_queues (name, paused, concurrency, rate_per_minute, starts, used_at) values ($1, $2, $3, $4, "
    "$5, $6) on conflict (name) do nothing"};

constexpr sql::RawSql prune_history{
    "delete from job_history where id in (select id from job_history h where h.status = $1 and h.ended_at < $2 and "
    "(h.status "
    "= 'done' or not exists (select 1 from jobs j where j.after_id = h.id)) order by h.ended_at limit $3)"};
constexpr sql::RawSql prune_orphaned_steps{
    "delete from job_steps where not exists (select 1 from jobs j where j.id = job_steps.job_id) and not exists "
    "(select "
    "1 from job_history h where h.id = job_steps.job_id)"};
constexpr sql::RawSql prune_free_keys{
    "delete from job_keys where key in (select key from job_keys where free_at <= $1 order by free_at limit $2) and "
    "free_at <= $1"};
constexpr sql::RawSql prune_group_rates{"delete from job_queues where name like 'group:%' and used_at < $1"};

constexpr std::int64_t rewritten_rows_max = 10'000;  // they pass through this process

struct TableState {
  std::int64_t dead = 0;
  std::int64_t live = 0;
};
ASHLAR_DESCRIBE(TableState, dead, live)

// TRUNCATE gives the table a new file, so that its dead rows go although an old snapshot could still see them. A
// transaction with an older snapshot finds the table empty; the job system has none.
Task<Result<>> rewrite_in(sql::Transaction& tx) {
  co_await unwrap(sql::execute(tx, "set local lock_timeout = '30ms'"));
  co_await unwrap(sql::execute(tx, "lock table jobs in access exclusive mode"));
  const auto rows = co_await unwrap(
      sql::raw<std::optional<std::string>>("select json_agg(j)::text as rows from jobs j").writing().one(tx));
  co_await unwrap(sql::execute(tx, "truncate jobs"));
  if (rows && *rows)
    co_await unwrap(
        sql::execute(tx, "insert into jobs select * from json_populate_recordset(null::jobs, $1::json)", **rows));
  co_return Result<>{};
}

}  // namespace

Task<Result<>> Store::register_worker(Uuid id, std::string name, std::chrono::milliseconds lease, Timestamp now) {
  const std::int64_t ms = lease.count();
  co_await unwrap(sql::execute(database_, postgres() ? register_postgres : register_sqlite, id, name, ms, now));
  co_await unwrap(postgres() ? sql::execute(database_, remove_dead_postgres)
                             : sql::execute(database_, remove_dead_sqlite, now));
  co_return Result<>{};
}

Task<Result<bool>> Store::renew(Uuid id, std::chrono::milliseconds lease, Timestamp now) {
  const std::int64_t ms = lease.count();
  const auto done = co_await unwrap(postgres() ? sql::execute(database_, renew_postgres, id, ms)
                                               : sql::execute(database_, renew_sqlite, id, ms, now));
  co_return done.rows_affected > 0;
}

Task<Result<>> Store::remove_worker(Uuid id) {
  co_await unwrap(sql::execute(database_, "delete from job_workers where id = $1", id));
  co_return Result<>{};
}

Task<Result<std::vector<std::int64_t>>> Store::cancelled_of(Uuid worker) {
  constexpr sql::RawSql sqlite{"select seq from jobs where state = 'running' and worker = $1 and cancelled = 1"};
  constexpr sql::RawSql postgres_text{"select seq from jobs where state = 'running' and worker = $1 and cancelled"};
  co_return co_await sql::raw<std::int64_t>(postgres() ? postgres_text : sqlite, worker).all(database_);
}

Task<Result<>> Store::add_queues(std::vector<NamedQueue> queues, Timestamp now) {
  for (const NamedQueue& queue : queues) {
    co_await unwrap(sql::execute(database_, add_queue, queue.name, false, std::int64_t{queue.limits.concurrency},
                                 std::int64_t{queue.limits.rate_per_minute}, std::string("[]"), now));
  }
  co_return Result<>{};
}

Task<Result<std::vector<JobQueueRow>>> Store::queues() {
  co_return co_await sql::raw<JobQueueRow>(
      "select name, paused, concurrency, rate_per_minute, starts, used_at from job_queues where name not like "
      "'group:%' order by name")
      .all(database_);
}

Task<Result<std::int64_t>> Store::prune(std::string status, Timestamp ended_before, std::int64_t at_most) {
  const auto done = co_await unwrap(sql::execute(database_, prune_history, status, ended_before, at_most));
  if (status == "dead" && done.rows_affected > 0) co_await unwrap(sql::execute(database_, prune_orphaned_steps));
  co_return done.rows_affected;
}

Task<Result<std::int64_t>> Store::prune_keys(Timestamp now, std::int64_t at_most) {
  const auto done = co_await unwrap(sql::execute(database_, prune_free_keys, now, at_most));
  co_await unwrap(sql::execute(database_, prune_group_rates, now - std::chrono::hours(1)));
  co_return done.rows_affected;
}

Task<Result<bool>> Store::rewrite(std::int64_t dead_rows_max) {
  if (!postgres()) co_return false;
  const auto state = co_await unwrap(sql::raw<TableState>("select pg_stat_get_dead_tuples('jobs'::regclass) as dead, "
                                                          "pg_stat_get_live_tuples('jobs'::regclass) as live")
                                         .one(database_));
  if (!state || state->dead <= dead_rows_max || state->live > rewritten_rows_max) co_return false;
  const auto done = co_await sql::in_transaction(database_, &rewrite_in);
  if (!done) co_return false;  // somebody held the table: the next round tries again
  co_return true;
}

}  // namespace ashlar::jobs::detail
