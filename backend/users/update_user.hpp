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
  std::optional<bool> disabled;
};
ASHLAR_DESCRIBE(UpdateUser, id, name, email, age, role, disabled)

// The caller must hold everything that the account and its new role have. The change takes effect when the call
// returns. A role and `disabled` require a recent sign-in. Disabling the account ends its sessions, and sign-ins are
// refused until it is enabled again. Errors: auth.forbidden, auth.step_up_required, user.not_found, user.email_taken,
// user.last_admin.
Task<Result<User>> update_user(api::Call& call, UpdateUser in, api::Units& units, AccountHooks& hooks);

}  // namespace ashlar::backend
