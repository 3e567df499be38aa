// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/admin.hpp"

#include <optional>

namespace ashlar::backend {

struct ListJobs {
  std::optional<jobs::Status> status;
  std::optional<Text<1, 64>> queue;
  std::optional<Text<1, 64>> kind;
  api::PageNumber page;
  api::PageLimit limit;
};
ASHLAR_DESCRIBE(ListJobs, status, queue, kind, page, limit)

// The newest first: unfinished jobs, and ended ones until their history is pruned.
Task<Result<api::Page<jobs::JobView>>> list_jobs(api::Call& call, ListJobs in, jobs::JobAdmin& admin);

}  // namespace ashlar::backend
