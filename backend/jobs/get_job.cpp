// SPDX-License-Identifier: Apache-2.0
#include "backend/jobs/get_job.hpp"

namespace ashlar::backend {

Task<Result<jobs::JobView>> get_job(api::Call&, api::ById in, jobs::JobAdmin& admin) {
  co_return co_await admin.find(in.id);
}

}  // namespace ashlar::backend
