// SPDX-License-Identifier: Apache-2.0
#include "backend/health/ready.hpp"

namespace ashlar::backend {

Task<Result<web::Bare<ReadinessReport>>> ready(web::Context&, Readiness& readiness) {
  web::Bare<ReadinessReport> out;
  out.value.missing = co_await readiness.missing();
  if (!out.value.missing.empty()) {
    out.value.status = "unavailable";
    out.status = 503;
  }
  co_return out;
}

}  // namespace ashlar::backend
