// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/jobs/kind.hpp"
#include "ashlar/jobs/rows.hpp"
#include "ashlar/sql/database.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

// The statements behind a Worker. Each function is one statement or one transaction, and can be repeated after an error
// whose outcome is unknown.
namespace ashlar::jobs::detail {

struct ClaimedJob {
  std::int64_t seq = 0;
  Uuid id;
  std::string kind;
  std::string queue;
  std::int64_t priority = 0;
  std::int64_t attempt = 0;  // the one that begins
  std::int64_t attempts_max = 0;
  std::int64_t retries = 0;
  std::string arguments;
  std::string context;
  Timestamp created_at;
  std::optional<Timestamp> not_after{};
  bool cancelled = false;
  std::optional<std::string> group_key{};
  std::optional<std::string> unique_key{};
  std::optional<Uuid> batch{};
  std::optional<std::string> error{};
};
ASHLAR_DESCRIBE(ClaimedJob, seq, id, kind, queue, priority, attempt, attempts_max, retries, arguments, context,
                created_at, not_after, cancelled, group_key, unique_key, batch, error)

// What came of an attempt. `status` ends the job, or `state` is what it is next.
struct AttemptEnd {
  std::int64_t seq = 0;
  std::int64_t attempt = 0;
  std::string status;          // done, cancelled, dead; or failed, waiting: another attempt follows
  std::int64_t attempts = 0;   // made: of one that did not count, one less than `attempt`
  std::int64_t run_at_ms = 0;  // of the next attempt, milliseconds since 1970
  std::optional<std::string> error{};
  std::optional<std::string> result{};
  std::optional<std::int64_t> progress{};
  std::optional<std::string> progress_note{};
};
ASHLAR_DESCRIBE(AttemptEnd, seq, attempt, status, attempts, run_at_ms, error, result, progress, progress_note)

// A job that ended, for what waited for it.
struct EndedJob {
  Uuid id;
  std::string status;
  std::optional<std::string> group_key{};
  std::optional<Uuid> batch{};
};
ASHLAR_DESCRIBE(EndedJob, id, status, group_key, batch)

// What the job table holds, so that a pass over it can be left out.
struct Look {
  bool waiting = false;
  bool running = false;
  bool held = false;
  std::optional<Timestamp> next_due{};  // of scheduled and failed jobs
};
ASHLAR_DESCRIBE(Look, waiting, running, held, next_due)

struct StoredStep {
  std::string name;
  std::string result;
};
ASHLAR_DESCRIBE(StoredStep, name, result)

class Store {
 public:
  explicit Store(sql::Database& database) : database_(database) {}

  [[nodiscard]] sql::Database& database() const { return database_; }
  [[nodiscard]] bool postgres() const { return database_.dialect() == sql::Dialect::postgres; }

  // Claims. Without limits one statement; with limits one transaction that holds the queue's row.
  Task<Result<std::vector<ClaimedJob>>> claim(std::string queue, std::int64_t at_most, Uuid worker, Timestamp now);
  Task<Result<std::vector<ClaimedJob>>> claim_limited(std::string queue, std::int64_t at_most, Uuid worker,
                                                      Timestamp now);
  // Gives back what the worker holds in the database but does not know of: the answer to a claim was lost.
  Task<Result<std::int64_t>> give_back_unknown(Uuid worker, std::vector<std::int64_t> known);

  // Writes what came of attempts. Those that another attempt owns are left alone. Returns the jobs that ended.
  Task<Result<std::vector<EndedJob>>> end(std::vector<AttemptEnd> ends, Timestamp now);

  // scheduled and failed jobs whose time has come become waiting; returns how many.
  Task<Result<std::int64_t>> promote(Timestamp now);
  Task<Result<Look>> look();

  // held jobs that need not be held any more.
  Task<Result<>> release_group(std::string group, Timestamp now);
  Task<Result<>> release_after(Uuid job_or_batch, Timestamp now);
  Task<Result<>> cancel_after(Uuid cancelled, Timestamp now);  // jobs that follow a cancelled one, and those after them
  // Everything that waited for these.
  Task<Result<>> release(std::vector<EndedJob> ended, Timestamp now);
  // All of them, for what a crash left: groups after `group`, at most `at_most`. Returns the last group looked at;
  // empty at the end.
  Task<Result<std::string>> sweep(std::string group, std::int64_t at_most, Timestamp now);

  // Workers.
  Task<Result<>> register_worker(Uuid id, std::string name, std::chrono::milliseconds lease, Timestamp now);
  Task<Result<bool>> renew(Uuid id, std::chrono::milliseconds lease, Timestamp now);  // false: it was taken for dead
  Task<Result<>> remove_worker(Uuid id);
  // Jobs whose worker is dead fail; returns how many.
  Task<Result<std::int64_t>> rescue(Timestamp now);
  Task<Result<std::vector<std::int64_t>>> cancelled_of(Uuid worker);

  Task<Result<std::vector<StoredStep>>> steps(Uuid job);
  Task<Result<>> write_progress(std::int64_t seq, std::int64_t attempt, std::int64_t percent, std::string note);

  // Queues.
  Task<Result<>> add_queues(std::vector<NamedQueue> queues, Timestamp now);
  Task<Result<std::vector<JobQueueRow>>> queues();

  // History.
  Task<Result<std::int64_t>> prune(std::string status, Timestamp ended_before, std::int64_t at_most);
  Task<Result<std::int64_t>> prune_keys(Timestamp now, std::int64_t at_most);

  // Rewrites the job table without its dead rows, which an old snapshot keeps VACUUM from removing. PostgreSQL only;
  // false: there are few, or the table could not be locked at once.
  Task<Result<bool>> rewrite(std::int64_t dead_rows_max);

 private:
  Task<Result<sql::Transaction>> begin() { return database_.begin(); }

  sql::Database& database_;
};

// Ends an attempt's or a waiting job's row in an open transaction or as a statement of its own.
Task<Result<std::vector<EndedJob>>> end_in(sql::Executor& executor, std::vector<AttemptEnd> ends, Timestamp now);

}  // namespace ashlar::jobs::detail
