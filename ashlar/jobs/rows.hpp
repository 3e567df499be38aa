// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/jobs/job.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <cstdint>
#include <optional>
#include <string>

// The tables of the job system. An application that runs jobs has them in its migrations and models; nothing but this
// module reads or writes them.
namespace ashlar::jobs {

// Of an unfinished job. held: it waits for its group, its predecessor or its batch.
enum class State : std::uint8_t { held, waiting, scheduled, running, failed };
ASHLAR_DESCRIBE_ENUM(State, held, waiting, scheduled, running, failed)

struct JobRow {
  std::int64_t seq = 0;  // the order of enqueueing, given by the database
  Uuid id;
  std::string kind;
  std::string queue;
  State state = State::waiting;
  std::int64_t priority = 0;
  Timestamp run_at;
  std::int64_t attempt = 0;  // made or begun; with seq it identifies an attempt
  std::int64_t attempts_max = 0;
  std::int64_t retries = 0;  // by an administrator
  std::string arguments;     // JSON, or sealed
  std::string context;       // JSON: see EnqueueContext
  Timestamp created_at;
  std::optional<Timestamp> started_at{};
  std::optional<Timestamp> not_after{};
  std::optional<Uuid> worker{};            // of a running job
  bool cancelled = false;                  // its worker should cancel it
  std::optional<std::string> group_key{};  // "<queue>:<group>"
  std::int64_t group_concurrency = 1;
  std::int64_t group_rate = 0;              // a minute; 0: no limit
  std::optional<std::string> unique_key{};  // "<kind>:<key>"
  std::optional<Uuid> after_id{};
  std::optional<Uuid> batch{};
  std::optional<Uuid> after_batch{};
  std::optional<std::string> error{};
  std::optional<std::int64_t> progress{};
  std::optional<std::string> progress_note{};
};
ASHLAR_DESCRIBE(JobRow, seq, id, kind, queue, state, priority, run_at, attempt, attempts_max, retries, arguments,
                context, created_at, started_at, not_after, worker, cancelled, group_key, group_concurrency, group_rate,
                unique_key, after_id, batch, after_batch, error, progress, progress_note)
ASHLAR_TABLE(
    JobRow, "jobs", sql::primary_key<&JobRow::seq>(), sql::generated_number<&JobRow::seq>(),
    sql::unique<&JobRow::id>("jobs_id"),
    sql::partial(sql::index<&JobRow::queue, &JobRow::priority, &JobRow::seq>("jobs_waiting"),
                 {"state = 'waiting'", "(state = 'waiting'::text)"}),
    sql::partial(sql::index<&JobRow::run_at>("jobs_due"),
                 {"state in ('scheduled', 'failed')", "(state = any (array['scheduled'::text, 'failed'::text]))"}),
    sql::partial(sql::index<&JobRow::queue>("jobs_running"), {"state = 'running'", "(state = 'running'::text)"}),
    sql::partial(sql::index<&JobRow::seq>("jobs_held"), {"state = 'held'", "(state = 'held'::text)"}),
    sql::partial(sql::index<&JobRow::group_key, &JobRow::seq>("jobs_group"),
                 {"group_key is not null", "(group_key is not null)"}),
    sql::partial(sql::index<&JobRow::after_id>("jobs_after"), {"after_id is not null", "(after_id is not null)"}),
    sql::partial(sql::index<&JobRow::batch>("jobs_batch"), {"batch is not null", "(batch is not null)"}),
    sql::partial(sql::index<&JobRow::after_batch>("jobs_after_batch"),
                 {"after_batch is not null", "(after_batch is not null)"}))

enum class EndStatus : std::uint8_t { done, cancelled, dead };
ASHLAR_DESCRIBE_ENUM(EndStatus, done, cancelled, dead)

struct JobHistoryRow {
  Uuid id;
  std::string kind;
  std::string queue;
  EndStatus status = EndStatus::done;
  std::int64_t priority = 0;
  std::int64_t attempt = 0;
  std::int64_t attempts_max = 0;
  std::int64_t retries = 0;
  std::string arguments;
  std::string context;
  Timestamp created_at;
  Timestamp run_at;
  std::optional<Timestamp> started_at{};
  Timestamp ended_at;
  std::optional<std::string> group_key{};
  std::int64_t group_concurrency = 1;
  std::int64_t group_rate = 0;
  std::optional<std::string> unique_key{};
  std::optional<Uuid> after_id{};
  std::optional<Uuid> batch{};
  std::optional<Uuid> after_batch{};
  std::optional<std::string> error{};
  std::optional<std::string> result{};  // JSON
  std::optional<std::int64_t> progress{};
  std::optional<std::string> progress_note{};
};
ASHLAR_DESCRIBE(JobHistoryRow, id, kind, queue, status, priority, attempt, attempts_max, retries, arguments, context,
                created_at, run_at, started_at, ended_at, group_key, group_concurrency, group_rate, unique_key,
                after_id, batch, after_batch, error, result, progress, progress_note)
ASHLAR_TABLE(JobHistoryRow, "job_history",
             sql::index<&JobHistoryRow::status, &JobHistoryRow::ended_at>("job_history_status"),
             sql::partial(sql::index<&JobHistoryRow::batch>("job_history_batch"),
                          {"batch is not null", "(batch is not null)"}))

struct JobStepRow {
  Uuid job_id;
  std::string name;
  std::string result;  // JSON
};
ASHLAR_DESCRIBE(JobStepRow, job_id, name, result)
ASHLAR_TABLE(JobStepRow, "job_steps", sql::primary_key<&JobStepRow::job_id, &JobStepRow::name>())

struct JobKeyRow {
  std::string key;
  Uuid job_id;
  Timestamp keep_until;                // from the enqueueing on: EnqueueOptions::unique_for
  std::optional<Timestamp> free_at{};  // null while the job is unfinished
};
ASHLAR_DESCRIBE(JobKeyRow, key, job_id, keep_until, free_at)
ASHLAR_TABLE(JobKeyRow, "job_keys", sql::primary_key<&JobKeyRow::key>(),
             sql::index<&JobKeyRow::free_at>("job_keys_free_at"))

struct JobQueueRow {
  std::string name;
  bool paused = false;
  std::int64_t concurrency = 0;
  std::int64_t rate_per_minute = 0;
  std::string starts;  // JSON: how many jobs began in which second of the last minute
  Timestamp used_at;
};
ASHLAR_DESCRIBE(JobQueueRow, name, paused, concurrency, rate_per_minute, starts, used_at)
ASHLAR_TABLE(JobQueueRow, "job_queues", sql::primary_key<&JobQueueRow::name>())

struct JobScheduleRow {
  std::string name;
  Timestamp last_tick;
};
ASHLAR_DESCRIBE(JobScheduleRow, name, last_tick)
ASHLAR_TABLE(JobScheduleRow, "job_schedules", sql::primary_key<&JobScheduleRow::name>())

struct JobWorkerRow {
  Uuid id;
  std::string name;
  Timestamp started_at;
  Timestamp lease_until;
};
ASHLAR_DESCRIBE(JobWorkerRow, id, name, started_at, lease_until)
ASHLAR_TABLE(JobWorkerRow, "job_workers")

}  // namespace ashlar::jobs
