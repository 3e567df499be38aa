// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/auth/sessions.hpp"

namespace ashlar::backend {

// Ends the caller's session.
Task<Result<api::WithCredentials<>>> logout(api::UserCall& call, Sessions& sessions);

}  // namespace ashlar::backend
