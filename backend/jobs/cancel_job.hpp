// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/admin.hpp"

namespace ashlar::backend {

// Ends an unfinished job. A running one ends within the heartbeat of its worker. Errors: job.not_found,
// job.wrong_status.
Task<Result<jobs::JobView>> cancel_job(api::Call& call, api::ById in, jobs::JobAdmin& admin);

}  // namespace ashlar::backend
