// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/authority/role.hpp"
#include "backend/authority/role_list.hpp"

namespace ashlar::backend {

// By name.
Task<Result<api::Page<Role>>> list_roles(api::Call& call, ListRoles in, sql::Database& database);

}  // namespace ashlar::backend
