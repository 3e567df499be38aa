// SPDX-License-Identifier: Apache-2.0
// How attempts end: jobs that end move from jobs to job_history, others wait for their next attempt.
#include "ashlar/jobs/detail/store.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/sql/raw.hpp"
#include "ashlar/sql/transaction.hpp"

#include <algorithm>
#include <functional>

namespace ashlar::jobs::detail {

namespace {

#define ASHLAR_KEPT                                                                                                 \
  "id, kind, queue, priority, attempt, attempts_max, retries, arguments, context, created_at, run_at, started_at, " \
  "group_key, group_concurrency, group_rate, unique_key, after_id, batch, after_batch"
#define ASHLAR_KEPT_OF_J                                                                                 \
  "j.id, j.kind, j.queue, j.priority, j.attempt, j.attempts_max, j.retries, j.arguments, j.context, "    \
  "j.created_at, j.run_at, j.started_at, j.group_key, j.group_concurrency, j.group_rate, j.unique_key, " \
  "j.after_id, j.batch, j.after_batch"

// PostgreSQL: one statement for everything that ends. A job that nothing waits for and that has no key costs one row
// removed and one inserted.
constexpr sql::RawSql end_postgres{
    "with e as materialized (select * from json_to_recordset($1::json) as e(seq bigint, attempt bigint, status text, "
    "error text, result text, progress bigint, \"progressNote\" text)), "
    "gone as (delete from jobs j using e where j.seq = e.seq and j.attempt = e.attempt and j.state = 'running' "
    "returning " ASHLAR_KEPT_OF_J
    ", e.status, coalesce(e.error, j.error) as error, e.result, coalesce(e.progress, "
    "j.progress) as progress, coalesce(e.\"progressNote\", j.progress_note) as progress_note), "
    "kept as (insert into job_history (" ASHLAR_KEPT
    ", status, ended_at, error, result, progress, progress_note) "
    "select " ASHLAR_KEPT
    ", status, $2::timestamptz, error, result, progress, progress_note from gone), "
    "steps as (delete from job_steps s using gone where s.job_id = gone.id and gone.status <> 'dead'), "
    "freed as (update job_keys k set free_at = greatest(k.keep_until, $2::timestamptz) from gone where "
    "gone.unique_key is not null and k.key = gone.unique_key and k.job_id = gone.id) "
    "select id, status, group_key, batch from gone"};

constexpr sql::RawSql again_postgres{
    "update jobs j set state = e.status, attempt = e.attempts, run_at = to_timestamp(e.\"runAtMs\" / 1000.0), worker = "
    "null, error = coalesce(e.error, j.error), progress = coalesce(e.progress, j.progress), progress_note = "
    "coalesce(e.\"progressNote\", j.progress_note) from json_to_recordset($1::json) as e(seq bigint, attempt bigint, "
    "status text, attempts bigint, \"runAtMs\" bigint, error text, progress bigint, \"progressNote\" text) "
    "where j.seq = e.seq and j.attempt = e.attempt and j.state = 'running'"};

// SQLite has no data-modifying WITH: one transaction.
#define ASHLAR_ENDS                                                                                              \
  "(select value ->> 'seq' as seq, value ->> 'attempt' as attempt, value ->> 'status' as status, value ->> "     \
  "'attempts' as attempts, value ->> 'runAtMs' as run_at_ms, value ->> 'error' as error, value ->> 'result' as " \
  "result, value ->> 'progress' as progress, value ->> 'progressNote' as progress_note from json_each($1))"
constexpr sql::RawSql keep_sqlite{
    "insert into job_history (" ASHLAR_KEPT
    ", status, ended_at, error, result, progress, progress_note) "
    "select " ASHLAR_KEPT_OF_J
    ", e.status, $2, coalesce(e.error, j.error), e.result, coalesce(e.progress, "
    "j.progress), coalesce(e.progress_note, j.progress_note) from " ASHLAR_ENDS
    " e cross join jobs j where j.seq = e.seq and j.attempt = e.attempt and j.state = 'running' "
    "returning id, status, group_key, batch"};
constexpr sql::RawSql remove_sqlite{"delete from jobs where id in (select value from json_each($1))"};
constexpr sql::RawSql remove_steps_sqlite{
    "delete from job_steps where job_id in (select h.id from json_each($1) e join job_history h on h.id = e.value "
    "where "
    "h.status <> 'dead')"};
constexpr sql::RawSql free_keys_sqlite{
    "update job_keys set free_at = max(keep_until, $2) where key in (select h.unique_key from json_each($1) e join "
    "job_history h on h.id = e.value where h.unique_key is not null and h.id = job_keys.job_id)"};
constexpr sql::RawSql again_sqlite{
    "update jobs set state = e.status, attempt = e.attempts, run_at = e.run_at_ms, worker = null, error = "
    "coalesce(e.error, jobs.error), progress = coalesce(e.progress, jobs.progress), progress_note = "
    "coalesce(e.progress_note, jobs.progress_note) from " ASHLAR_ENDS
    " e where jobs.seq = e.seq and jobs.attempt = e.attempt and jobs.state = 'running'"};

std::string ids_of(const std::vector<EndedJob>& ended) {
  std::vector<Uuid> ids;
  ids.reserve(ended.size());
  for (const EndedJob& each : ended) ids.push_back(each.id);
  return schema::to_json(ids);
}

Task<Result<std::vector<EndedJob>>> end_sqlite(sql::Executor& tx, std::string json, Timestamp now) {
  auto ended = co_await unwrap(sql::raw<EndedJob>(keep_sqlite, json, now).writing().all(tx));
  if (ended.empty()) co_return ended;
  const std::string ids = ids_of(ended);
  co_await unwrap(sql::execute(tx, remove_sqlite, ids));
  co_await unwrap(sql::execute(tx, remove_steps_sqlite, ids));
  co_await unwrap(sql::execute(tx, free_keys_sqlite, ids, now));
  co_return ended;
}

Task<Result<std::vector<EndedJob>>> end_sqlite_alone(sql::Transaction& tx, std::string json, Timestamp now) {
  co_return co_await end_sqlite(tx, std::move(json), now);
}

}  // namespace

Task<Result<std::vector<EndedJob>>> end_in(sql::Executor& executor, std::vector<AttemptEnd> ends, Timestamp now) {
  const std::string json = schema::to_json(ends);
  if (executor.dialect() == sql::Dialect::postgres)
    co_return co_await sql::raw<EndedJob>(end_postgres, json, now).writing().all(executor);
  co_return co_await end_sqlite(executor, json, now);
}

Task<Result<std::vector<EndedJob>>> Store::end(std::vector<AttemptEnd> ends, Timestamp now) {
  const auto is_again = [](const AttemptEnd& each) { return each.status == "failed" || each.status == "waiting"; };
  const auto again = std::ranges::partition(ends, std::not_fn(is_again));
  if (!again.empty()) {
    const std::vector<AttemptEnd> list(again.begin(), again.end());
    co_await unwrap(sql::execute(database_, postgres() ? again_postgres : again_sqlite, schema::to_json(list)));
    ends.erase(again.begin(), again.end());
  }
  if (ends.empty()) co_return std::vector<EndedJob>{};
  if (postgres()) co_return co_await end_in(database_, std::move(ends), now);
  co_return co_await sql::in_transaction(database_, &end_sqlite_alone, schema::to_json(ends), now);
}

#undef ASHLAR_KEPT
#undef ASHLAR_KEPT_OF_J
#undef ASHLAR_ENDS

}  // namespace ashlar::jobs::detail
