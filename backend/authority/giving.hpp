// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/permission.hpp"
#include "ashlar/core/error.hpp"
#include "backend/users/user.hpp"

#include <string>
#include <vector>

// Nobody gives what they do not have: a caller who manages roles can neither raise an account, their own included,
// above themselves, nor change an account or a role that stands above them.
namespace ashlar::backend {

inline const auth::Permission manage_role = *auth::Permission::parse("manage:role");

// auth.forbidden unless the caller's role or own permissions include each of them. What a grant gives for a time cannot
// be given on: it could outlast the grant.
[[nodiscard]] Result<> require_may_give(const api::Call& call, const std::vector<std::string>& permissions);

// auth.forbidden unless the caller may give all that the account holds: by its role, on its own, and by grants that
// have not ended.
Task<Result<>> require_not_above(api::UnitOfWork& unit, User account);

// auth.forbidden unless the caller manages roles, and may give all that the role holds; request.invalid at /role when
// there is no such role.
Task<Result<>> require_may_give_role(api::UnitOfWork& unit, std::string role);

}  // namespace ashlar::backend
