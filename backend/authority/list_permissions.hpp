// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/authority/permission_list.hpp"
#include "backend/authority/role.hpp"

namespace ashlar::backend {

// By name.
Task<Result<api::Page<KnownPermission>>> list_permissions(api::Call& call, ListPermissions in, sql::Database& database);

}  // namespace ashlar::backend
