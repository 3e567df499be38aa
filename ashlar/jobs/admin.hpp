// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/jobs/job.hpp"
#include "ashlar/schema/composites.hpp"
#include "ashlar/schema/constraints.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::jobs {

class Doorbell;

// A job as it is shown. Arguments of encrypted kinds are left out.
struct JobView {
  Uuid id;
  std::string kind;
  std::string queue;
  Status status = Status::waiting;
  std::int64_t priority = 0;
  std::int64_t attempt = 0;  // made so far, the running one included
  std::int64_t attempts_max = 0;
  std::optional<std::string> arguments{};  // JSON
  std::optional<std::string> group{};
  std::optional<std::string> error{};      // of the last attempt that failed: "<code>: <message>"
  std::optional<std::int64_t> progress{};  // percent
  std::optional<std::string> progress_note{};
  std::optional<Uuid> batch{};
  Timestamp created_at{};
  Timestamp run_at{};
  std::optional<Timestamp> started_at{};
  std::optional<Timestamp> ended_at{};

  static JobView example();
};
ASHLAR_DESCRIBE(JobView, id, kind, queue, status, priority, attempt, attempts_max, arguments, group, error, progress,
                progress_note, batch, created_at, run_at, started_at, ended_at)

struct QueueView {
  std::string name;
  bool paused = false;
  std::int64_t concurrency = 0;      // 0: no limit
  std::int64_t rate_per_minute = 0;  // 0: no limit
  std::int64_t waiting = 0, scheduled = 0, running = 0, failed = 0, dead = 0;
  std::int64_t oldest_waiting_ms = 0;  // age of the due job that has waited longest; 0: none waits
};
ASHLAR_DESCRIBE(QueueView, name, paused, concurrency, rate_per_minute, waiting, scheduled, running, failed, dead,
                oldest_waiting_ms)

struct QueueChange {
  enum class Paused : std::uint8_t { no, yes };
  std::optional<Paused> paused{};
  std::optional<std::int64_t> concurrency{};      // 0: no limit
  std::optional<std::int64_t> rate_per_minute{};  // 0: no limit
};

// What an operator did, for an audit trail.
struct OperatorChange {
  struct Limits {
    bool paused = false;
    std::int64_t concurrency = 0;
    std::int64_t rate_per_minute = 0;
  };
  enum class Kind : std::uint8_t { retried, cancelled, queue_changed };
  Kind kind{};
  std::string id{};          // of the job; of a queue its name
  Limits before{}, after{};  // of a queue
};
// Called in the unit of work of the change, after its writes. Must not block or throw.
using OperatorListener = std::function<void(api::UnitOfWork&, const OperatorChange&)>;

struct BatchCounts {
  std::int64_t unfinished = 0, done = 0, cancelled = 0, dead = 0;
};

struct JobFilter {
  std::optional<Status> status{};
  std::string queue{};  // empty: any
  std::string kind{};   // empty: any
};

// What operators do with jobs. Everything is one statement or one unit of work, and works from any instance.
class JobAdmin {
 public:
  JobAdmin(api::Units& units, Doorbell& doorbell, const Clock& clock, OperatorListener listener = {})
      : units_(units), doorbell_(doorbell), clock_(clock), listener_(std::move(listener)) {}
  JobAdmin(const JobAdmin&) = delete;
  JobAdmin& operator=(const JobAdmin&) = delete;

  // The newest first.
  Task<Result<std::vector<JobView>>> list(JobFilter filter, std::int64_t limit, std::int64_t offset);
  Task<Result<std::int64_t>> count(JobFilter filter);
  Task<Result<JobView>> find(Uuid id);  // job.not_found
  // Starts a dead or cancelled job again, with all of its attempts, and begins a failed or scheduled one at once. Its
  // stored steps stay. job.wrong_status for others.
  Task<Result<JobView>> retry(api::Call& call, Uuid id);
  // Ends a job that has not begun; asks a running one to end, which its worker learns within its heartbeat interval.
  // job.wrong_status for done and cancelled ones.
  Task<Result<JobView>> cancel(api::Call& call, Uuid id);
  Task<Result<std::vector<QueueView>>> queues();
  Task<Result<QueueView>> queue(std::string name);  // job.queue_not_found
  Task<Result<QueueView>> change_queue(api::Call& call, std::string name, QueueChange change);
  Task<Result<BatchCounts>> batch(Uuid id);

 private:
  api::Units& units_;
  Doorbell& doorbell_;
  const Clock& clock_;
  const OperatorListener listener_;
};

}  // namespace ashlar::jobs
