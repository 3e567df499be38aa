// SPDX-License-Identifier: Apache-2.0
#include "backend/users/me.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Task<Result<User>> me(web::Context& ctx, sql::Database& database) {
  auto user = co_await UserRepository(database).find(ctx.user().id);
  if (!user) co_return std::unexpected(std::move(user.error()));
  // The token outlived its account.
  if (!*user) co_return fail(auth::errors::token_revoked, "This account does not exist any more.");
  co_return std::move(**user);
}

}  // namespace ashlar::backend
