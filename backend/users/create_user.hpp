// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/users/account_hooks.hpp"
#include "backend/users/passwords.hpp"
#include "backend/users/user.hpp"

#include <optional>

namespace ashlar::backend {

struct CreateUser {
  UserName name;
  Email email;
  Password password;
  std::optional<Age> age;
  std::optional<RoleName> role;  // "user" when absent; another needs manage:role and everything that it holds

  static CreateUser example();
};
ASHLAR_DESCRIBE(CreateUser, name, email, password, age, role)

Task<Result<api::Created<User>>> create_user(api::UserCall& call, CreateUser in, api::Units& units,
                                             Passwords& passwords, AccountHooks& hooks);

}  // namespace ashlar::backend
