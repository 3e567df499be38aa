// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/admin.hpp"

#include "ashlar/jobs/detail/store.hpp"
#include "ashlar/jobs/doorbell.hpp"
#include "ashlar/jobs/rows.hpp"
#include "ashlar/sql/raw.hpp"

#include <algorithm>

namespace ashlar::jobs {

namespace {

struct ViewRow {
  Uuid id;
  std::string kind;
  std::string queue;
  std::string status;
  std::int64_t priority = 0;
  std::int64_t attempt = 0;
  std::int64_t attempts_max = 0;
  std::string arguments;
  std::optional<std::string> group_key{};
  std::optional<std::string> error{};
  std::optional<std::int64_t> progress{};
  std::optional<std::string> progress_note{};
  std::optional<Uuid> batch{};
  Timestamp created_at;
  Timestamp run_at;
  std::optional<Timestamp> started_at{};
  std::optional<Timestamp> ended_at{};
};
ASHLAR_DESCRIBE(ViewRow, id, kind, queue, status, priority, attempt, attempts_max, arguments, group_key, error,
                progress, progress_note, batch, created_at, run_at, started_at, ended_at)

constexpr std::string_view shared_columns =
    "id, kind, queue, priority, attempt, attempts_max, arguments, group_key, error, progress, progress_note, batch, "
    "created_at, run_at, started_at, ";

bool is_ended(Status status) { return status == Status::done || status == Status::cancelled || status == Status::dead; }

// The condition of a filter, with parameters from `parameters` on.
std::string where(const JobFilter& filter, std::string_view status_is, std::vector<sql::Value>& parameters) {
  std::string out;
  const auto add = [&](std::string_view column, const std::string& value) {
    parameters.emplace_back(value);
    out.append(out.empty() ? " where " : " and ")
        .append(column)
        .append(" = $")
        .append(std::to_string(parameters.size()));
  };
  if (!status_is.empty()) out.append(" where ").append(status_is);
  if (!filter.queue.empty()) add("queue", filter.queue);
  if (!filter.kind.empty()) add("kind", filter.kind);
  return out;
}

// held is shown as waiting.
std::string_view live_condition(const std::optional<Status>& status) {
  if (!status) return {};
  switch (*status) {
    case Status::waiting:
      return "state in ('waiting', 'held')";
    case Status::scheduled:
      return "state = 'scheduled'";
    case Status::running:
      return "state = 'running'";
    case Status::failed:
      return "state = 'failed'";
    case Status::done:
      return "status = 'done'";
    case Status::cancelled:
      return "status = 'cancelled'";
    case Status::dead:
      return "status = 'dead'";
  }
  return {};
}

struct Parts {
  std::string live;
  std::string ended;
};

// The two tables of a filter; an empty part is left out.
Parts parts_of(const JobFilter& filter, std::string_view live_columns, std::string_view ended_columns,
               std::vector<sql::Value>& parameters) {
  Parts out;
  const std::string_view condition = live_condition(filter.status);
  if (!filter.status || !is_ended(*filter.status))
    out.live = "select " + std::string(live_columns) + " from jobs" + where(filter, condition, parameters);
  if (!filter.status || is_ended(*filter.status))
    out.ended = "select " + std::string(ended_columns) + " from job_history" + where(filter, condition, parameters);
  return out;
}

std::string joined(const Parts& parts) {
  if (parts.live.empty()) return parts.ended;
  if (parts.ended.empty()) return parts.live;
  return parts.live + " union all " + parts.ended;
}

std::string live_columns() {
  return std::string(shared_columns) +
         "case when state = 'held' then 'waiting' else state end as status, null as ended_at";
}
std::string live_columns_postgres() {
  return std::string(shared_columns) +
         "case when state = 'held' then 'waiting' else state end as status, null::timestamptz as ended_at";
}
std::string ended_columns() { return std::string(shared_columns) + "status, ended_at"; }

Status status_of(std::string_view text) {
  for (const Status each : {Status::waiting, Status::scheduled, Status::running, Status::failed, Status::done,
                            Status::cancelled, Status::dead}) {
    if (to_string(each) == text) return each;
  }
  return Status::waiting;
}

JobView view_of(ViewRow row) {
  JobView out{.id = row.id,
              .kind = std::move(row.kind),
              .queue = std::move(row.queue),
              .status = status_of(row.status),
              .priority = row.priority,
              .attempt = row.attempt,
              .attempts_max = row.attempts_max,
              .created_at = row.created_at,
              .run_at = row.run_at,
              .started_at = row.started_at,
              .ended_at = row.ended_at};
  if (row.arguments.starts_with('{')) out.arguments = std::move(row.arguments);  // else they are sealed
  if (row.group_key) out.group = row.group_key->substr(row.group_key->find(':') + 1);
  out.error = std::move(row.error);
  out.progress = row.progress;
  out.progress_note = std::move(row.progress_note);
  out.batch = row.batch;
  return out;
}

Task<Result<std::vector<ViewRow>>> read_views(sql::Executor& executor, std::string text,
                                              std::vector<sql::Value> parameters) {
  const sql::RawQuery<ViewRow> query({.sql = std::move(text), .parameters = std::move(parameters)});
  co_return co_await query.all(executor);
}

constexpr sql::RawSql lock_live_sqlite{"select seq, attempt, state as status from jobs where id = $1"};
constexpr sql::RawSql lock_live_postgres{"select seq, attempt, state as status from jobs where id = $1 for update"};
struct Live {
  std::int64_t seq = 0;
  std::int64_t attempt = 0;
  std::string status;
};
ASHLAR_DESCRIBE(Live, seq, attempt, status)

constexpr sql::RawSql request_cancel{"update jobs set cancelled = $2 where seq = $1"};
constexpr sql::RawSql take_over{"update jobs set state = 'running', worker = null where seq = $1"};
constexpr sql::RawSql begin_now{"update jobs set state = 'waiting', run_at = $2 where seq = $1"};
constexpr sql::RawSql back_to_jobs{
    "insert into jobs (id, kind, queue, state, priority, run_at, attempt, attempts_max, retries, arguments, context, "
    "created_at, cancelled, group_key, group_concurrency, group_rate, unique_key, after_batch, batch, error) select "
    "id, "
    "kind, queue, case when group_key is null then 'waiting' else 'held' end, priority, $2, 0, attempts_max, retries + "
    "1, arguments, context, created_at, $3, group_key, group_concurrency, group_rate, unique_key, null, batch, error "
    "from job_history where id = $1 and status in ('dead', 'cancelled')"};
constexpr sql::RawSql back_to_jobs_postgres{
    "insert into jobs (id, kind, queue, state, priority, run_at, attempt, attempts_max, retries, arguments, context, "
    "created_at, cancelled, group_key, group_concurrency, group_rate, unique_key, batch, error) select id, kind, "
    "queue, "
    "case when group_key is null then 'waiting' else 'held' end, priority, $2::timestamptz, 0, attempts_max, retries + "
    "1, arguments, context, created_at, $3::boolean, group_key, group_concurrency, group_rate, unique_key, batch, "
    "error "
    "from job_history where id = $1 and status in ('dead', 'cancelled')"};
constexpr sql::RawSql remove_history{"delete from job_history where id = $1"};
constexpr sql::RawSql lock_dead_sqlite{
    "select group_key from job_history where id = $1 and status in ('dead', "
    "'cancelled')"};
constexpr sql::RawSql lock_dead_postgres{
    "select group_key from job_history where id = $1 and status in ('dead', "
    "'cancelled') for update"};
struct Dead {
  std::optional<std::string> group_key{};
};
ASHLAR_DESCRIBE(Dead, group_key)

std::unexpected<Error> not_found() { return fail(errors::job_not_found, "There is no such job."); }

Task<Result<std::optional<Live>>> lock_live(api::UnitOfWork& unit, Uuid id) {
  const bool postgres = unit.dialect() == sql::Dialect::postgres;
  co_return co_await sql::raw<Live>(postgres ? lock_live_postgres : lock_live_sqlite, id).writing().one(unit);
}

void report(const OperatorListener& listener, api::UnitOfWork& unit, const OperatorChange& change) {
  if (listener) listener(unit, change);
}

Task<Result<std::optional<std::string>>> retry_in(api::UnitOfWork& unit, Uuid id, const OperatorListener* listener) {
  const OperatorChange change{.kind = OperatorChange::Kind::retried, .id = id.to_string()};
  const Timestamp now = unit.call().now();
  const bool postgres = unit.dialect() == sql::Dialect::postgres;
  if (const auto live = co_await unwrap(lock_live(unit, id))) {
    if (live->status != "failed" && live->status != "scheduled")
      co_return fail(errors::wrong_status, "The job is " + live->status + ".");
    co_await unwrap(sql::execute(unit, begin_now, live->seq, now));
    report(*listener, unit, change);
    co_return std::nullopt;
  }
  const auto dead =
      co_await unwrap(sql::raw<Dead>(postgres ? lock_dead_postgres : lock_dead_sqlite, id).writing().one(unit));
  if (!dead) co_return fail(errors::wrong_status, "The job is done.");
  co_await unwrap(sql::execute(unit, postgres ? back_to_jobs_postgres : back_to_jobs, id, now, false));
  co_await unwrap(sql::execute(unit, remove_history, id));
  report(*listener, unit, change);
  co_return dead->group_key;
}

Task<Result<std::vector<detail::EndedJob>>> cancel_in(api::UnitOfWork& unit, Uuid id,
                                                      const OperatorListener* listener) {
  const auto live = co_await unwrap(lock_live(unit, id));
  if (!live) co_return fail(errors::wrong_status, "The job has ended.");
  report(*listener, unit, {.kind = OperatorChange::Kind::cancelled, .id = id.to_string()});
  if (live->status == "running") {
    co_await unwrap(sql::execute(unit, request_cancel, live->seq, true));
    co_return std::vector<detail::EndedJob>{};
  }
  co_await unwrap(sql::execute(unit, take_over, live->seq));
  std::vector<detail::AttemptEnd> ends{{.seq = live->seq, .attempt = live->attempt, .status = "cancelled"}};
  co_return co_await detail::end_in(unit, std::move(ends), unit.call().now());
}

struct QueueCount {
  std::string queue;
  std::string state;
  std::int64_t count = 0;
  std::optional<Timestamp> oldest{};
};
ASHLAR_DESCRIBE(QueueCount, queue, state, count, oldest)
constexpr sql::RawSql count_live{
    "select queue, state, count(*) as count, min(run_at) as oldest from jobs group by queue, state"};
constexpr sql::RawSql count_dead{
    "select queue, 'dead' as state, count(*) as count, null as oldest from job_history where status = 'dead' group by "
    "queue"};
constexpr sql::RawSql count_dead_postgres{
    "select queue, 'dead'::text as state, count(*) as count, null::timestamptz as oldest from job_history where status "
    "= "
    "'dead' group by queue"};

void add(QueueView& view, const QueueCount& count, Timestamp now) {
  if (count.state == "waiting") {
    view.waiting += count.count;
    if (count.oldest) view.oldest_waiting_ms = std::max<std::int64_t>(0, (now - *count.oldest).count());
  }
  if (count.state == "held") view.waiting += count.count;
  if (count.state == "scheduled") view.scheduled = count.count;
  if (count.state == "running") view.running = count.count;
  if (count.state == "failed") view.failed = count.count;
  if (count.state == "dead") view.dead = count.count;
}

constexpr sql::RawSql change_queue_row{
    "update job_queues set paused = $2, concurrency = $3, rate_per_minute = $4 where name = $1"};
constexpr sql::RawSql lock_queue_sqlite{
    "select name, paused, concurrency, rate_per_minute, starts, used_at from job_queues where name = $1"};
constexpr sql::RawSql lock_queue_postgres{
    "select name, paused, concurrency, rate_per_minute, starts, used_at from job_queues where name = $1 for "
    "update"};

Task<Result<>> change_in(api::UnitOfWork& unit, std::string name, QueueChange change,
                         const OperatorListener* listener) {
  const bool postgres = unit.dialect() == sql::Dialect::postgres;
  auto row = co_await unwrap(
      sql::raw<JobQueueRow>(postgres ? lock_queue_postgres : lock_queue_sqlite, name).writing().one(unit));
  if (!row) co_return fail(errors::queue_not_found, "There is no such queue.");
  const auto rate = change.rate_per_minute ? *change.rate_per_minute : row->rate_per_minute;
  const bool paused = change.paused ? *change.paused == QueueChange::Paused::yes : row->paused;
  const auto concurrency = change.concurrency ? *change.concurrency : row->concurrency;
  co_await unwrap(sql::execute(unit, change_queue_row, name, paused, concurrency, rate));
  report(*listener, unit,
         {.kind = OperatorChange::Kind::queue_changed,
          .id = name,
          .before = {.paused = row->paused, .concurrency = row->concurrency, .rate_per_minute = row->rate_per_minute},
          .after = {.paused = paused, .concurrency = concurrency, .rate_per_minute = rate}});
  co_return Result<>{};
}

struct StatusCount {
  std::string status;
  std::int64_t count = 0;
};
ASHLAR_DESCRIBE(StatusCount, status, count)

}  // namespace

JobView JobView::example() {
  return {.id = Uuid::parse("0193508e-7b2c-7000-8000-000000000009").value(),
          .kind = "send-receipt",
          .queue = "mail",
          .status = Status::failed,
          .priority = 5,
          .attempt = 1,
          .attempts_max = 10,
          .arguments = R"({"orderId":"0193508e-7b2c-7000-8000-000000000004"})",
          .error = "mail.unavailable: The mail was not sent.",
          .created_at = Timestamp::parse("2026-05-04T08:30:00Z").value(),
          .run_at = Timestamp::parse("2026-05-04T08:30:02Z").value()};
}

Task<Result<std::vector<JobView>>> JobAdmin::list(JobFilter filter, std::int64_t limit, std::int64_t offset) {
  sql::Database& database = units_.database();
  std::vector<sql::Value> parameters;
  const bool postgres = database.dialect() == sql::Dialect::postgres;
  std::string text =
      joined(parts_of(filter, postgres ? live_columns_postgres() : live_columns(), ended_columns(), parameters));
  text += " order by id desc limit $" + std::to_string(parameters.size() + 1) + " offset $" +
          std::to_string(parameters.size() + 2);
  parameters.emplace_back(limit);
  parameters.emplace_back(offset);
  std::vector<JobView> out;
  for (ViewRow& row : co_await unwrap(read_views(database, std::move(text), std::move(parameters))))
    out.push_back(view_of(std::move(row)));
  co_return out;
}

Task<Result<std::int64_t>> JobAdmin::count(JobFilter filter) {
  std::vector<sql::Value> parameters;
  const Parts parts = parts_of(filter, "1 as one", "1 as one", parameters);
  std::string text = "select count(*) from (" + joined(parts) + ") as counted";
  const sql::RawQuery<std::int64_t> query({.sql = std::move(text), .parameters = std::move(parameters)});
  co_return (co_await unwrap(query.one(units_.database()))).value_or(0);
}

Task<Result<JobView>> JobAdmin::find(Uuid id) {
  sql::Database& database = units_.database();
  const bool postgres = database.dialect() == sql::Dialect::postgres;
  std::string text = "select " + (postgres ? live_columns_postgres() : live_columns()) +
                     " from jobs where id = $1 union all select " + ended_columns() + " from job_history where id = $1";
  auto rows = co_await unwrap(read_views(database, std::move(text), {sql::to_value(id)}));
  if (rows.empty()) co_return not_found();
  co_return view_of(std::move(rows.front()));
}

Task<Result<JobView>> JobAdmin::retry(api::Call& call, Uuid id) {
  (void)co_await unwrap(find(id));
  const auto group = co_await unwrap(units_.run(call, &retry_in, id, &listener_));
  if (group) co_await unwrap(detail::Store(units_.database()).release_group(*group, call.now()));
  co_await doorbell_.ring();
  co_return co_await find(id);
}

Task<Result<JobView>> JobAdmin::cancel(api::Call& call, Uuid id) {
  (void)co_await unwrap(find(id));
  auto ended = co_await unwrap(units_.run(call, &cancel_in, id, &listener_));
  co_await unwrap(detail::Store(units_.database()).release(std::move(ended), call.now()));
  co_await doorbell_.ring();
  co_return co_await find(id);
}

Task<Result<std::vector<QueueView>>> JobAdmin::queues() {
  sql::Database& database = units_.database();
  const bool postgres = database.dialect() == sql::Dialect::postgres;
  const Timestamp now = clock_.now();
  std::vector<QueueView> out;
  for (JobQueueRow& row : co_await unwrap(detail::Store(database).queues())) {
    out.push_back({.name = std::move(row.name),
                   .paused = row.paused,
                   .concurrency = row.concurrency,
                   .rate_per_minute = row.rate_per_minute});
  }
  auto counts = co_await unwrap(sql::raw<QueueCount>(count_live).all(database));
  for (auto& dead : co_await unwrap(sql::raw<QueueCount>(postgres ? count_dead_postgres : count_dead).all(database)))
    counts.push_back(std::move(dead));
  for (const QueueCount& count : counts) {
    auto view = std::ranges::find(out, count.queue, &QueueView::name);
    if (view == out.end()) view = out.insert(out.end(), {.name = count.queue});
    add(*view, count, now);
  }
  co_return out;
}

Task<Result<QueueView>> JobAdmin::queue(std::string name) {
  for (QueueView& view : co_await unwrap(queues())) {
    if (view.name == name) co_return std::move(view);
  }
  co_return fail(errors::queue_not_found, "There is no such queue.");
}

Task<Result<QueueView>> JobAdmin::change_queue(api::Call& call, std::string name, QueueChange change) {
  co_await unwrap(units_.run(call, &change_in, name, change, &listener_));
  co_await doorbell_.ring();
  co_return co_await queue(std::move(name));
}

Task<Result<BatchCounts>> JobAdmin::batch(Uuid id) {
  sql::Database& database = units_.database();
  BatchCounts out;
  out.unfinished =
      (co_await unwrap(sql::raw<std::int64_t>("select count(*) from jobs where batch = $1", id).one(database)))
          .value_or(0);
  for (const StatusCount& each :
       co_await unwrap(sql::raw<StatusCount>(
                           "select status, count(*) as count from job_history where batch = $1 group by status", id)
                           .all(database))) {
    if (each.status == "done") out.done = each.count;
    if (each.status == "cancelled") out.cancelled = each.count;
    if (each.status == "dead") out.dead = each.count;
  }
  co_return out;
}

}  // namespace ashlar::jobs
