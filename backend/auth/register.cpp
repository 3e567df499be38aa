// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/register.hpp"

#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Register Register::example() {
  return {.name = UserName::of("Ada Lovelace"),
          .email = Email::of("ada@example.com"),
          .password = Password::of("a long password"),
          .age = Age::of(36)};
}

Task<Result<web::Created<SignedIn>>> register_account(web::Context& ctx, Register in, sql::Database& database,
                                                      auth::PasswordHasher& passwords, Sessions& sessions) {
  // Saves the hashing in the usual case; that the address is still free is decided by the insert.
  auto taken = co_await UserRepository(database).find_account(in.email.str());
  if (!taken) co_return std::unexpected(std::move(taken.error()));
  if (*taken) co_return fail(errors::email_taken, "This e-mail address is taken.");

  auto hash = co_await passwords.hash(in.password.reveal().str());
  if (!hash) co_return std::unexpected(std::move(hash.error()));

  auto transaction = co_await database.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  auto user = co_await UserRepository(*transaction)
                  .create({.id = ctx.new_id(),
                           .email = in.email.str(),
                           .name = in.name.str(),
                           .age = in.age,
                           .role = std::string(role_user),
                           .password_hash = std::move(*hash),
                           .created_at = ctx.now()});
  if (!user) co_return std::unexpected(std::move(user.error()));
  auto opened = co_await sessions.open(ctx, *transaction, *user);
  if (!opened) co_return std::unexpected(std::move(opened.error()));
  if (auto committed = co_await transaction->commit(); !committed)
    co_return std::unexpected(std::move(committed.error()));
  co_return web::Created<SignedIn>{hand_over(ctx, std::move(*user), std::move(opened->pair))};
}

}  // namespace ashlar::backend
