// SPDX-License-Identifier: Apache-2.0
#include "backend/jobs/cancel_job.hpp"

namespace ashlar::backend {

Task<Result<jobs::JobView>> cancel_job(api::Call& call, api::ById in, jobs::JobAdmin& admin) {
  co_return co_await admin.cancel(call, in.id);
}

}  // namespace ashlar::backend
