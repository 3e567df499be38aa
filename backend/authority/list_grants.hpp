// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/authority/grant.hpp"
#include "backend/authority/grant_list.hpp"

namespace ashlar::backend {

// The grants of an account, those that have ended or not begun among them.
Task<Result<api::Page<Grant>>> list_grants(api::Call& call, ListGrants in, sql::Database& database);

}  // namespace ashlar::backend
