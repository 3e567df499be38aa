// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/enqueuer.hpp"

#include "ashlar/auth/secret_box.hpp"
#include "ashlar/jobs/detail/context.hpp"
#include "ashlar/jobs/detail/store.hpp"
#include "ashlar/jobs/doorbell.hpp"
#include "ashlar/jobs/rows.hpp"
#include "ashlar/jobs/table.hpp"
#include "ashlar/sql/insert.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::jobs {

namespace {

constexpr std::size_t group_bytes_max = 255;
constexpr std::size_t key_bytes_max = 255;

// What is inserted; the database numbers the rows.
struct NewJob {
  Uuid id;
  std::string kind;
  std::string queue;
  State state = State::waiting;
  std::int64_t priority = 0;
  Timestamp run_at;
  std::int64_t attempt = 0;
  std::int64_t attempts_max = 0;
  std::int64_t retries = 0;
  std::string arguments;
  std::string context;
  Timestamp created_at;
  std::optional<Timestamp> not_after{};
  bool cancelled = false;
  std::optional<std::string> group_key{};
  std::int64_t group_concurrency = 1;
  std::int64_t group_rate = 0;
  std::optional<std::string> unique_key{};
  std::optional<Uuid> after_id{};
  std::optional<Uuid> batch{};
  std::optional<Uuid> after_batch{};
};
ASHLAR_DESCRIBE(NewJob, id, kind, queue, state, priority, run_at, attempt, attempts_max, retries, arguments, context,
                created_at, not_after, cancelled, group_key, group_concurrency, group_rate, unique_key, after_id, batch,
                after_batch)

constexpr std::string_view columns =
    "id, kind, queue, state, priority, run_at, attempt, attempts_max, retries, arguments, context, created_at, "
    "not_after, cancelled, group_key, group_concurrency, group_rate, unique_key, after_id, batch, after_batch";

// Takes the key when it is free. In PostgreSQL both are one statement.
constexpr std::string_view take_key_sqlite =
    "insert into job_keys (key, job_id, keep_until, free_at) values ($1, $2, $3, null) on conflict (key) do update set "
    "job_id = excluded.job_id, keep_until = excluded.keep_until, free_at = null where job_keys.free_at <= $4";
constexpr std::string_view take_key_postgres =
    "with taken as (insert into job_keys (key, job_id, keep_until, free_at) values ($18, $1, $22, null) on conflict "
    "(key) do update set job_id = excluded.job_id, keep_until = excluded.keep_until, free_at = null where "
    "job_keys.free_at <= $12 returning job_id) ";
constexpr std::string_view values_postgres =
    "$1::uuid, $2::text, $3::text, $4::text, $5::bigint, $6::timestamptz, $7::bigint, $8::bigint, $9::bigint, "
    "$10::text, $11::text, $12::timestamptz, $13::timestamptz, $14::boolean, $15::text, $16::bigint, $17::bigint, "
    "$18::text, $19::uuid, $20::uuid, $21::uuid where exists (select 1 from taken)";
constexpr std::string_view values_sqlite =
    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21 where exists "
    "(select 1 from job_keys where key = $18 and job_id = $1)";

[[noreturn]] void refuse(const std::string& kind, const std::string& why) {
  throw std::logic_error("the job " + kind + " cannot be enqueued: " + why);
}

bool is_queue_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

void check(const std::string& kind, const NewJob& job, const EnqueueOptions& options) {
  if (!is_queue_name(job.queue)) refuse(kind, "a queue's name has 1 to 64 of a-z, 0-9 and -");
  if (job.priority < 0 || job.priority > 9) refuse(kind, "a priority is 0 to 9");
  if (job.attempts_max < 1 || job.attempts_max > 1'000) refuse(kind, "attempts are 1 to 1,000");
  if (options.group.size() > group_bytes_max) refuse(kind, "a group has at most 255 bytes");
  if (options.unique_key.size() > key_bytes_max) refuse(kind, "a unique key has at most 255 bytes");
  if (options.delay < std::chrono::milliseconds::zero()) refuse(kind, "a delay is not negative");
}

NewJob new_job(const api::Call& call, const Kind& kind, std::string arguments, const EnqueueOptions& options) {
  const Timestamp now = call.now();
  NewJob out{.id = call.new_id(),
             .kind = kind.name,
             .queue = options.queue.empty() ? kind.queue : options.queue,
             .priority = options.priority.value_or(kind.priority),
             .run_at = options.run_at.value_or(now + options.delay),
             .attempts_max = options.attempts_max.value_or(kind.attempts_max),
             .arguments = std::move(arguments),
             .context = detail::context_of(call),
             .created_at = now,
             .not_after = options.not_after,
             .group_concurrency = kind.group_concurrency,
             .group_rate = kind.group_rate_per_minute,
             .after_id = options.after,
             .batch = options.batch,
             .after_batch = options.after_batch};
  if (!options.group.empty()) out.group_key = out.queue + ":" + options.group;
  if (!options.unique_key.empty()) out.unique_key = kind.name + ":" + options.unique_key;
  if (out.group_key || out.after_id || out.after_batch) {
    out.state = State::held;
  } else if (out.run_at > now) {
    out.state = State::scheduled;
  }
  return out;
}

void collect_unique(api::UnitOfWork& unit, const NewJob& job, std::chrono::seconds unique_for) {
  const bool postgres = unit.dialect() == sql::Dialect::postgres;
  const auto keep_until = sql::to_value(job.created_at + unique_for);
  const std::string into = "insert into jobs (" + std::string(columns) + ") select ";
  sql::Statement insert{.mode = sql::Mode::write};
  sql::detail::append_values(schema::type_of<NewJob>(), &job, insert.parameters);
  if (postgres) {
    insert.sql = std::string(take_key_postgres) + into + std::string(values_postgres);
    insert.parameters.push_back(keep_until);
  } else {
    insert.sql = into + std::string(values_sqlite);
    unit.collect({.sql = std::string(take_key_sqlite),
                  .parameters = {sql::to_value(*job.unique_key), sql::to_value(job.id), keep_until,
                                 sql::to_value(job.created_at)},
                  .mode = sql::Mode::write});
  }
  unit.collect(std::move(insert));
}

// What held the job when it was enqueued may be over by now. Workers release the others: when a job ends, and in a
// sweep for what a crash left.
Task<> release(sql::Database* database, std::optional<std::string> group, std::optional<Uuid> after,
               std::optional<Uuid> after_batch, Timestamp now) {
  detail::Store store(*database);
  if (group) {
    (void)co_await store.release_group(std::move(*group), now);
    co_return;
  }
  if (after) (void)co_await store.release_after(*after, now);
  if (after_batch) (void)co_await store.release_after(*after_batch, now);
}

}  // namespace

Uuid Enqueuer::enqueue_json(api::UnitOfWork& unit, std::string_view name, std::string json,
                            const EnqueueOptions& options) const {
  const Kind* kind = table_.find(name);
  if (kind == nullptr) refuse(std::string(name), "the table has no line for it");
  NewJob job = new_job(unit.call(), *kind, std::move(json), options);
  check(kind->name, job, options);
  if (kind->arguments == Kind::Arguments::sealed) {
    if (secrets_ == nullptr) refuse(kind->name, "there are no secret keys to encrypt it with");
    job.arguments = secrets_->seal(job.arguments, detail::arguments_context(job.id));
  }
  if (job.unique_key) {
    collect_unique(unit, job, options.unique_for);
  } else {
    unit.insert_part_at_commit<JobRow>(job);
  }
  if (job.state == State::held) {
    unit.after_commit([database = &unit.database(), group = job.group_key, after = job.after_id,
                       batch = job.after_batch,
                       now = job.created_at] { return release(database, group, after, batch, now); });
  }
  unit.after_commit([doorbell = &doorbell_] { return doorbell->ring(); });
  return job.id;
}

}  // namespace ashlar::jobs
