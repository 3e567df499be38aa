// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/admin.hpp"
#include "ashlar/jobs/detail/counts.hpp"
#include "ashlar/jobs/detail/failure_log.hpp"
#include "ashlar/jobs/detail/store.hpp"
#include "ashlar/jobs/doorbell.hpp"
#include "ashlar/jobs/enqueuer.hpp"
#include "ashlar/jobs/table.hpp"
#include "ashlar/jobs/worker_options.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::jobs::detail {

// What a worker does besides running jobs: rescues jobs of dead workers, releases what a crash left held, enqueues what
// schedules are due, prunes history. Every worker does it; each piece is safe to do at the same time as another.
class Care {
 public:
  struct Services {
    const Table& table;
    const Enqueuer& enqueuer;
    api::Units& units;
    Doorbell& doorbell;
  };
  Care(Store& store, Services services, const api::Call::Environment& environment, const WorkerOptions& options,
       Counts& counts)
      : store_(store), services_(services), environment_(environment), options_(options), counts_(counts) {}

  // Until it is cancelled. `found` is called when jobs can begin.
  Task<> run(std::function<void()> found);
  Task<Result<>> once();                                                        // everything but pruning
  [[nodiscard]] std::optional<QueueView> queue(const std::string& name) const;  // from any thread

 private:
  Task<Result<>> rescue();
  Task<Result<>> sweep();
  Task<Result<>> tick_schedules();
  Task<Result<>> tick(const Schedule* scheduled, Timestamp now);
  Task<Result<>> rewrite(Look look);
  Task<Result<>> prune();
  Task<Result<>> count_queues();

  Store& store_;
  const Services services_;
  const api::Call::Environment environment_;
  const WorkerOptions& options_;
  Counts& counts_;
  std::string last_group_;
  std::vector<std::optional<Timestamp>> next_ticks_;  // of each schedule: nothing is read before it
  std::uint64_t claimed_before_rewrite_ = 0;
  mutable std::mutex mutex_;
  std::vector<QueueView> queues_;
  bool found_ = false;
  FailureLog failures_{"the job tables cannot be cared for"};
};

}  // namespace ashlar::jobs::detail
