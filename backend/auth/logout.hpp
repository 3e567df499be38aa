// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/auth/sessions.hpp"

namespace ashlar::backend {

// Ends the session that asks.
Task<Result<>> logout(web::Context& ctx, Sessions& sessions);

}  // namespace ashlar::backend
