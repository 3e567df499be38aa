// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/auth/sessions.hpp"

namespace ashlar::backend {

struct EndSession {
  Uuid id;
};
ASHLAR_DESCRIBE(EndSession, id)

// Ends one of the caller's sessions; to them, another's does not exist.
Task<Result<>> end_session(web::Context& ctx, EndSession in, Sessions& sessions);

}  // namespace ashlar::backend
