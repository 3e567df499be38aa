// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/constraints.hpp"
#include "ashlar/web/context.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/settings.hpp"

#include <string>

namespace ashlar::backend {

struct Health {
  std::string status = "ok";
  Timestamp timestamp;
  std::string environment;

  static Health example();
};
ASHLAR_DESCRIBE(Health, status, timestamp, environment)

// The process answers. Asks nothing of anything else.
Result<web::Bare<Health>> health(web::Context& ctx, const Stage& stage);

}  // namespace ashlar::backend
