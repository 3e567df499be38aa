// SPDX-License-Identifier: Apache-2.0
#include "backend/users/get_user.hpp"

#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Task<Result<User>> get_user(web::Context&, GetUser in, sql::Database& database) {
  auto user = co_await UserRepository(database).find(in.id);
  if (!user) co_return std::unexpected(std::move(user.error()));
  if (!*user) co_return fail(errors::user_not_found, "There is no such user.");
  co_return std::move(**user);
}

}  // namespace ashlar::backend
