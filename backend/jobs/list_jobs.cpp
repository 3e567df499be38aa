// SPDX-License-Identifier: Apache-2.0
#include "backend/jobs/list_jobs.hpp"

#include <utility>

namespace ashlar::backend {

Task<Result<api::Page<jobs::JobView>>> list_jobs(api::Call&, ListJobs in, jobs::JobAdmin& admin) {
  const jobs::JobFilter filter{.status = in.status,
                               .queue = in.queue ? std::string(in.queue->view()) : std::string(),
                               .kind = in.kind ? std::string(in.kind->view()) : std::string()};
  const std::int64_t limit = in.limit.value().value();
  sql::Page<jobs::JobView> out;
  out.rows = co_await unwrap(admin.list(filter, limit, (in.page.value().value() - 1) * limit));
  out.total = co_await unwrap(admin.count(filter));
  co_return api::page_of(std::move(out), in.page, in.limit);
}

}  // namespace ashlar::backend
