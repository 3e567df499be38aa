// SPDX-License-Identifier: Apache-2.0
#include "backend/jobs/list_queues.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::backend {

Task<Result<api::Page<jobs::QueueView>>> list_queues(api::Call&, ListQueues in, jobs::JobAdmin& admin) {
  auto queues = co_await unwrap(admin.queues());
  sql::Page<jobs::QueueView> out{.rows = {}, .total = static_cast<std::int64_t>(queues.size())};
  const auto limit = static_cast<std::size_t>(in.limit.value().value());
  const std::size_t first = std::min((static_cast<std::size_t>(in.page.value().value()) - 1) * limit, queues.size());
  for (std::size_t i = first; i < std::min(first + limit, queues.size()); ++i) out.rows.push_back(std::move(queues[i]));
  co_return api::page_of(std::move(out), in.page, in.limit);
}

}  // namespace ashlar::backend
