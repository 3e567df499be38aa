// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/sessions.hpp"

namespace ashlar::backend {

// Ends one of the caller's sessions; a session of another account does not exist for the caller.
Task<Result<api::WithCredentials<>>> end_session(api::UserCall& call, api::ById in, Sessions& sessions);

}  // namespace ashlar::backend
