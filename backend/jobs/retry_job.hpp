// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/admin.hpp"

namespace ashlar::backend {

// Starts a dead or cancelled job again with all of its attempts, or a failed or scheduled one at once. Errors:
// job.not_found, job.wrong_status.
Task<Result<jobs::JobView>> retry_job(api::Call& call, api::ById in, jobs::JobAdmin& admin);

}  // namespace ashlar::backend
