// SPDX-License-Identifier: Apache-2.0
#include "backend/jobs/retry_job.hpp"

namespace ashlar::backend {

Task<Result<jobs::JobView>> retry_job(api::Call& call, api::ById in, jobs::JobAdmin& admin) {
  co_return co_await admin.retry(call, in.id);
}

}  // namespace ashlar::backend
