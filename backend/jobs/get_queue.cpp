// SPDX-License-Identifier: Apache-2.0
#include "backend/jobs/get_queue.hpp"

#include <string>

namespace ashlar::backend {

Task<Result<jobs::QueueView>> get_queue(api::Call&, QueueByName in, jobs::JobAdmin& admin) {
  co_return co_await admin.queue(std::string(in.name.view()));
}

}  // namespace ashlar::backend
