// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/admin.hpp"
#include "ashlar/schema/constraints.hpp"

#include <optional>

namespace ashlar::backend {

// What is absent stays. 0: no limit.
struct UpdateQueue {
  Text<1, 64> name;
  std::optional<bool> paused;
  std::optional<Int<0, 1'000'000>> concurrency;
  std::optional<Int<0, 100'000'000>> rate_per_minute;
};
ASHLAR_DESCRIBE(UpdateQueue, name, paused, concurrency, rate_per_minute)

// Applies to every worker at its next claim. A paused queue begins no jobs; running ones go on. Errors:
// job.queue_not_found.
Task<Result<jobs::QueueView>> update_queue(api::Call& call, UpdateQueue in, jobs::JobAdmin& admin);

}  // namespace ashlar::backend
