// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/authority/grant.hpp"

namespace ashlar::backend {

// Error grant.not_found.
Task<Result<Grant>> get_grant(api::Call& call, GrantById in, sql::Database& database);

}  // namespace ashlar::backend
