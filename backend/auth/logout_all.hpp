// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/auth/sessions.hpp"

namespace ashlar::backend {

// Ends every session of the caller's account.
Task<Result<api::WithCredentials<>>> logout_all(api::UserCall& call, api::Units& units, Sessions& sessions);

}  // namespace ashlar::backend
