// SPDX-License-Identifier: Apache-2.0
#include "backend/health/routes.hpp"

#include "backend/health/health.hpp"
#include "backend/health/live.hpp"
#include "backend/health/ready.hpp"

namespace ashlar::backend {

// clang-format off
void mount_health(web::Routes& routes, const Stage& stage, Readiness& readiness) {
  routes.get("/health", health, stage).open().essential()
      .name("health").tag("Health").summary("The process answers");
  routes.get("/health/live", live).open().essential()
      .name("live").tag("Health").summary("Whether to leave the process running");
  routes.get("/health/ready", ready, readiness).open().essential().may_be_unavailable()
      .name("ready").tag("Health").summary("Whether to send it requests");
}
// clang-format on

}  // namespace ashlar::backend
