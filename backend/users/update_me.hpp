// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/users/account_hooks.hpp"
#include "backend/users/user.hpp"

#include <optional>

namespace ashlar::backend {

struct UpdateMe {
  std::optional<UserName> name;
  std::optional<Email> email;
  std::optional<Nullable<Age>> age;
};
ASHLAR_DESCRIBE(UpdateMe, name, email, age)

// A new address is unverified: it gets a mail with a token, and the old one a notice.
Task<Result<User>> update_me(api::UserCall& call, UpdateMe in, api::Units& units, AccountHooks& hooks);

}  // namespace ashlar::backend
