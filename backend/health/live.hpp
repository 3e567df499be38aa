// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/schema/constraints.hpp"

#include <string>

namespace ashlar::backend {

struct Liveness {
  std::string status = "ok";
};
ASHLAR_DESCRIBE(Liveness, status)

// Whether the process should keep running. Draining and an unreachable database do not count: a restart helps neither.
Result<api::Bare<Liveness>> live(api::Call& call);

}  // namespace ashlar::backend
