// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/users/user.hpp"

#include <optional>

namespace ashlar::backend {

struct UpdateMe {
  std::optional<UserName> name;
  std::optional<Email> email;
  std::optional<Nullable<Age>> age;
};
ASHLAR_DESCRIBE(UpdateMe, name, email, age)

Task<Result<User>> update_me(web::Context& ctx, UpdateMe in, sql::Database& database);

}  // namespace ashlar::backend
