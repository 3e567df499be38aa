// SPDX-License-Identifier: Apache-2.0
#include "backend/jobs/update_queue.hpp"

#include <string>

namespace ashlar::backend {

Task<Result<jobs::QueueView>> update_queue(api::Call& call, UpdateQueue in, jobs::JobAdmin& admin) {
  using Paused = jobs::QueueChange::Paused;
  jobs::QueueChange change;
  if (in.paused) change.paused = *in.paused ? Paused::yes : Paused::no;
  if (in.concurrency) change.concurrency = in.concurrency->value();
  if (in.rate_per_minute) change.rate_per_minute = in.rate_per_minute->value();
  co_return co_await admin.change_queue(call, std::string(in.name.view()), change);
}

}  // namespace ashlar::backend
