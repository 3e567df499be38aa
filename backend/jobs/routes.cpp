// SPDX-License-Identifier: Apache-2.0
#include "backend/jobs/routes.hpp"

#include "backend/jobs/cancel_job.hpp"
#include "backend/jobs/get_job.hpp"
#include "backend/jobs/get_queue.hpp"
#include "backend/jobs/list_jobs.hpp"
#include "backend/jobs/list_queues.hpp"
#include "backend/jobs/retry_job.hpp"
#include "backend/jobs/update_queue.hpp"

namespace ashlar::backend {

// clang-format off
void mount_job_admin(web::Routes& routes, jobs::JobAdmin& admin) {
  using namespace jobs::errors;
  routes.get("/api/admin/jobs", list_jobs, admin).permission("read:job")
      .name("listJobs").tag("Jobs").summary("Jobs, the newest first");
  routes.get("/api/admin/jobs/{id}", get_job, admin).permission("read:job").fails_with(job_not_found)
      .name("getJob").tag("Jobs").summary("One job");
  routes.post("/api/admin/jobs/{id}/retry", retry_job, admin).permission("manage:job").fails_with(job_not_found, wrong_status)
      .name("retryJob").tag("Jobs").summary("Run a dead or cancelled job again, or a failed or scheduled one now");
  routes.post("/api/admin/jobs/{id}/cancel", cancel_job, admin).permission("manage:job").fails_with(job_not_found, wrong_status)
      .name("cancelJob").tag("Jobs").summary("Cancel an unfinished job");
  routes.get("/api/admin/queues", list_queues, admin).permission("read:job")
      .name("listQueues").tag("Jobs").summary("Queues with their settings and counts");
  routes.get("/api/admin/queues/{name}", get_queue, admin).permission("read:job").fails_with(queue_not_found)
      .name("getQueue").tag("Jobs").summary("One queue");
  routes.patch("/api/admin/queues/{name}", update_queue, admin).permission("manage:job").fails_with(queue_not_found)
      .name("updateQueue").tag("Jobs").summary("Pause or resume a queue, or change its limits");
}
// clang-format on

}  // namespace ashlar::backend
