// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/admin.hpp"

namespace ashlar::backend {

struct ListQueues {
  api::PageNumber page;
  api::PageLimit limit;
};
ASHLAR_DESCRIBE(ListQueues, page, limit)

// Every queue with its settings and counts, by name.
Task<Result<api::Page<jobs::QueueView>>> list_queues(api::Call& call, ListQueues in, jobs::JobAdmin& admin);

}  // namespace ashlar::backend
