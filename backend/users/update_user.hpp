// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/users/account_hooks.hpp"
#include "backend/users/user.hpp"

#include <optional>

namespace ashlar::backend {

struct UpdateUser {
  Uuid id;
  std::optional<UserName> name;
  std::optional<Email> email;
  std::optional<Nullable<Age>> age;
  std::optional<RoleName> role;
};
ASHLAR_DESCRIBE(UpdateUser, id, name, email, age, role)

// The caller holds what the account has, and what another role brings, which counts when the call returns. Errors:
// auth.forbidden, user.not_found, user.email_taken, user.last_admin.
Task<Result<User>> update_user(api::Call& call, UpdateUser in, api::Units& units, AccountHooks& hooks);

}  // namespace ashlar::backend
