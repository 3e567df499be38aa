// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/own_password.hpp"
#include "backend/users/account_hooks.hpp"

namespace ashlar::backend {

struct DeleteMe {
  SentPassword password;
};
ASHLAR_DESCRIBE(DeleteMe, password)

// Removes the caller's account, as delete_user() does. Errors: auth.invalid_credentials; user.last_admin.
Task<Result<api::WithCredentials<>>> delete_me(api::UserCall& call, DeleteMe in, api::Units& units,
                                               Passwords& passwords, Guessing& guessing, AccountHooks& hooks);

}  // namespace ashlar::backend
