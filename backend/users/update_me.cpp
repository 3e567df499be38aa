// SPDX-License-Identifier: Apache-2.0
#include "backend/users/update_me.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Task<Result<User>> update_me(web::Context& ctx, UpdateMe in, sql::Database& database) {
  UserChanges changes{.name = in.name, .email = in.email, .age = in.age, .role = {}, .password_hash = {}};
  auto user = co_await UserRepository(database).update(ctx.user().id, std::move(changes), ctx.now());
  if (!user) co_return std::unexpected(std::move(user.error()));
  if (!*user) co_return fail(auth::errors::token_revoked, "This account does not exist any more.");
  co_return std::move(**user);
}

}  // namespace ashlar::backend
