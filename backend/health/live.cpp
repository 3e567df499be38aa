// SPDX-License-Identifier: Apache-2.0
#include "backend/health/live.hpp"

namespace ashlar::backend {

Result<web::Bare<Liveness>> live(web::Context&) { return web::Bare<Liveness>{}; }

}  // namespace ashlar::backend
