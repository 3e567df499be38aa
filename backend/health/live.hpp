// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/constraints.hpp"
#include "ashlar/web/context.hpp"
#include "ashlar/web/reply.hpp"

#include <string>

namespace ashlar::backend {

struct Liveness {
  std::string status = "ok";
};
ASHLAR_DESCRIBE(Liveness, status)

// Whether the process should be left running. Draining and a database that is away do not count: a restart helps
// neither.
Result<web::Bare<Liveness>> live(web::Context& ctx);

}  // namespace ashlar::backend
