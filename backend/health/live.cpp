// SPDX-License-Identifier: Apache-2.0
#include "backend/health/live.hpp"

namespace ashlar::backend {

Result<api::Bare<Liveness>> live(api::Call&) { return api::Bare<Liveness>{}; }

}  // namespace ashlar::backend
