// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/detail/store.hpp"

#include "ashlar/jobs/detail/rate.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/sql/raw.hpp"
#include "ashlar/sql/transaction.hpp"

#include <algorithm>
#include <iterator>

namespace ashlar::jobs::detail {

namespace {

// Texts that differ between the databases.
struct Sql {
  sql::RawSql sqlite;
  sql::RawSql postgres;
  [[nodiscard]] const sql::RawSql& in(sql::Dialect dialect) const {
    return dialect == sql::Dialect::postgres ? postgres : sqlite;
  }
};

#define ASHLAR_CLAIMED                                                                                       \
  "jobs.seq, jobs.id, jobs.kind, jobs.queue, jobs.priority, jobs.attempt, jobs.attempts_max, jobs.retries, " \
  "jobs.arguments, jobs.context, jobs.created_at, jobs.not_after, jobs.cancelled, jobs.group_key, "          \
  "jobs.unique_key, jobs.batch, jobs.error"

// A queue that is paused or limited is left to claim_limited(), whatever the caller believed.
constexpr Sql claim_jobs{
    "update jobs set state = 'running', attempt = attempt + 1, worker = $3, started_at = $4 where seq in (select seq "
    "from jobs where queue = $1 and state = 'waiting' and not exists (select 1 from job_queues where name = $1 and "
    "(paused or concurrency > 0 or rate_per_minute > 0)) order by priority, seq limit $2) returning " ASHLAR_CLAIMED,
    "with picked as materialized (select seq from jobs where queue = $1 and state = 'waiting' and not exists (select 1 "
    "from job_queues where name = $1 and (paused or concurrency > 0 or rate_per_minute > 0)) order by priority, seq "
    "limit $2 for update skip locked) update jobs set state = 'running', attempt = attempt + 1, worker = $3, "
    "started_at = $4 from picked where jobs.seq = picked.seq returning " ASHLAR_CLAIMED};
constexpr Sql claim_of_limited{
    "update jobs set state = 'running', attempt = attempt + 1, worker = $3, started_at = $4 where seq in (select seq "
    "from jobs where queue = $1 and state = 'waiting' order by priority, seq limit $2) returning " ASHLAR_CLAIMED,
    "with picked as materialized (select seq from jobs where queue = $1 and state = 'waiting' order by priority, seq "
    "limit $2 for update skip locked) update jobs set state = 'running', attempt = attempt + 1, worker = $3, "
    "started_at = $4 from picked where jobs.seq = picked.seq returning " ASHLAR_CLAIMED};

constexpr Sql lock_queue{
    "select name, paused, concurrency, rate_per_minute, starts, used_at from job_queues where name = $1",
    "select name, paused, concurrency, rate_per_minute, starts, used_at from job_queues where name = $1 for "
    "update"};
constexpr sql::RawSql count_running{"select count(*) from jobs where queue = $1 and state = 'running'"};

constexpr Sql give_back{
    "update jobs set state = 'waiting', attempt = attempt - 1, worker = null where state = 'running' and worker = $1 "
    "and seq not in (select value from json_each($2))",
    "update jobs set state = 'waiting', attempt = attempt - 1, worker = null where state = 'running' and worker = $1 "
    "and seq not in (select value::bigint from json_array_elements_text($2::json))"};

// The order of UPDATE ... RETURNING is unspecified.
void sort_claimed(std::vector<ClaimedJob>& jobs) {
  std::ranges::sort(jobs, {}, [](const ClaimedJob& job) { return std::pair(job.priority, job.seq); });
}

Task<Result<std::vector<ClaimedJob>>> claim_locked(sql::Transaction& tx, std::string queue, std::int64_t at_most,
                                                   Uuid worker, Timestamp now) {
  const auto row = co_await unwrap(sql::raw<JobQueueRow>(lock_queue.in(tx.dialect()), queue).writing().one(tx));
  std::int64_t room = at_most;
  if (row && row->paused) co_return std::vector<ClaimedJob>{};
  if (row && row->concurrency > 0) {
    const auto running = co_await unwrap(sql::raw<std::int64_t>(count_running, queue).one(tx));
    room = std::min(room, row->concurrency - running.value_or(0));
  }
  Starts starts;
  const bool rated = row && row->rate_per_minute > 0;
  if (rated && room > 0) room = std::min(room, (starts = recent_starts(row->starts, now)).room(row->rate_per_minute));
  if (room <= 0) co_return std::vector<ClaimedJob>{};
  auto jobs = co_await unwrap(
      sql::raw<ClaimedJob>(claim_of_limited.in(tx.dialect()), queue, room, worker, now).writing().all(tx));
  if (rated && !jobs.empty()) {
    starts.add(now, static_cast<std::int64_t>(jobs.size()));
    co_await unwrap(put_starts(tx, queue, starts, now));
  }
  co_return jobs;
}

}  // namespace

Task<Result<std::vector<ClaimedJob>>> Store::claim(std::string queue, std::int64_t at_most, Uuid worker,
                                                   Timestamp now) {
  auto jobs = co_await unwrap(
      sql::raw<ClaimedJob>(claim_jobs.in(database_.dialect()), queue, at_most, worker, now).writing().all(database_));
  sort_claimed(jobs);
  co_return jobs;
}

Task<Result<std::vector<ClaimedJob>>> Store::claim_limited(std::string queue, std::int64_t at_most, Uuid worker,
                                                           Timestamp now) {
  auto jobs = co_await unwrap(sql::in_transaction(database_, &claim_locked, std::move(queue), at_most, worker, now));
  sort_claimed(jobs);
  co_return jobs;
}

Task<Result<std::int64_t>> Store::give_back_unknown(Uuid worker, std::vector<std::int64_t> known) {
  const auto done =
      co_await unwrap(sql::execute(database_, give_back.in(database_.dialect()), worker, schema::to_json(known)));
  co_return done.rows_affected;
}

Task<Result<std::vector<StoredStep>>> Store::steps(Uuid job) {
  co_return co_await sql::raw<StoredStep>("select name, result from job_steps where job_id = $1", job).all(database_);
}

Task<Result<>> Store::write_progress(std::int64_t seq, std::int64_t attempt, std::int64_t percent, std::string note) {
  co_await unwrap(sql::execute(database_,
                               "update jobs set progress = $3, progress_note = $4 where seq = $1 and attempt = $2 and "
                               "state = 'running'",
                               seq, attempt, percent, note));
  co_return Result<>{};
}

#undef ASHLAR_CLAIMED

}  // namespace ashlar::jobs::detail
