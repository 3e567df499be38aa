// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/users/user.hpp"

namespace ashlar::backend {

// Takes the user's posts along and ends the user's sessions. The last admin stays.
Task<Result<>> delete_user(api::Call& call, api::ById in, api::Units& units, Sessions& sessions);

}  // namespace ashlar::backend
