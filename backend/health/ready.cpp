// SPDX-License-Identifier: Apache-2.0
#include "backend/health/ready.hpp"

namespace ashlar::backend {

Task<Result<web::Bare<ReadinessReport>>> ready(web::Context&, Readiness& readiness) {
  web::Bare<ReadinessReport> out;
  for (const auto& [name, outcome] : co_await readiness.checks()) {
    const bool passed = outcome == Readiness::Check::Outcome::passed;
    out.value.checks.push_back({.name = name, .status = passed ? "ok" : "failed"});
    if (!passed) out.value.missing.push_back(name);
  }
  if (!out.value.missing.empty()) {
    out.value.status = "unavailable";
    out.status = 503;
  }
  co_return out;
}

}  // namespace ashlar::backend
