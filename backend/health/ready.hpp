// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/schema/constraints.hpp"
#include "backend/health/readiness.hpp"

#include <string>
#include <vector>

namespace ashlar::backend {

struct ReadinessCheck {
  std::string name;           // "database", "draining", "redis"
  std::string status = "ok";  // or "failed"; "degraded": slower or less exact, but every request is answered
};
ASHLAR_DESCRIBE(ReadinessCheck, name, status)

struct ReadinessReport {
  std::string status = "ok";         // or "unavailable", with HTTP status 503
  std::vector<std::string> missing;  // the names of the checks that failed
  std::vector<ReadinessCheck> checks;
};
ASHLAR_DESCRIBE(ReadinessReport, status, missing, checks)

// Whether the process should get requests.
Task<Result<api::Bare<ReadinessReport>>> ready(api::Call& call, Readiness& readiness);

}  // namespace ashlar::backend
