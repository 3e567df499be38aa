// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/admin.hpp"

namespace ashlar::backend {

// A job, also after its end until its history is pruned. Errors: job.not_found.
Task<Result<jobs::JobView>> get_job(api::Call& call, api::ById in, jobs::JobAdmin& admin);

}  // namespace ashlar::backend
