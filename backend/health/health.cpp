// SPDX-License-Identifier: Apache-2.0
#include "backend/health/health.hpp"

namespace ashlar::backend {

Health Health::example() {
  return {.timestamp = Timestamp::parse("2026-05-04T08:30:00.125Z").value_or(Timestamp{}), .environment = "production"};
}

Result<api::Bare<Health>> health(api::Call& call, const Stage& stage) {
  return api::Bare<Health>{{.timestamp = call.now(), .environment = std::string(to_string(stage))}};
}

}  // namespace ashlar::backend
