// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/admin.hpp"
#include "ashlar/schema/constraints.hpp"

namespace ashlar::backend {

struct QueueByName {
  Text<1, 64> name;
};
ASHLAR_DESCRIBE(QueueByName, name)

// Errors: job.queue_not_found.
Task<Result<jobs::QueueView>> get_queue(api::Call& call, QueueByName in, jobs::JobAdmin& admin);

}  // namespace ashlar::backend
