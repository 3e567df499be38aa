// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/schema/constraints.hpp"
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

// The process answers. Checks nothing else.
Result<api::Bare<Health>> health(api::Call& call, const Stage& stage);

}  // namespace ashlar::backend
