// SPDX-License-Identifier: Apache-2.0
#include "backend/users/create_user.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

CreateUser CreateUser::example() {
  return {.name = UserName::of("Grace Hopper"),
          .email = Email::of("grace@example.com"),
          .password = Password::of("a long password"),
          .age = Age::of(45),
          .role = RoleName::of("user")};
}

Task<Result<web::Created<User>>> create_user(web::Context& ctx, CreateUser in, sql::Database& database,
                                             auth::PasswordHasher& passwords) {
  const std::string role = in.role ? in.role->str() : std::string(role_user);
  // Whoever may create accounts could otherwise make an admin, and with it everything.
  if (role != role_user && ctx.user().role != role_admin)
    co_return fail(auth::errors::forbidden, "Only an admin may give a role.");

  auto hash = co_await passwords.hash(in.password.reveal().str());
  if (!hash) co_return std::unexpected(std::move(hash.error()));
  auto user = co_await UserRepository(database).create({.id = ctx.new_id(),
                                                        .email = in.email.str(),
                                                        .name = in.name.str(),
                                                        .age = in.age,
                                                        .role = role,
                                                        .password_hash = std::move(*hash),
                                                        .created_at = ctx.now()});
  if (!user) co_return std::unexpected(std::move(user.error()));
  co_return web::Created<User>{std::move(*user)};
}

}  // namespace ashlar::backend
