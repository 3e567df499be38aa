// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/login.hpp"

#include "ashlar/log/logger.hpp"
#include "backend/auth/session.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Login Login::example() {
  return {.email = Email::of("ada@example.com"), .password = Secret<Text<1, 1024>>::of("a long password")};
}

Task<Result<SignedIn>> login(web::Context& ctx, Login in, sql::Database& database, auth::PasswordHasher& passwords,
                             Sessions& sessions) {
  auto account = co_await UserRepository(database).find_account(in.email.str());
  if (!account) co_return std::unexpected(std::move(account.error()));

  auto right = *account ? co_await passwords.verify(in.password.reveal().str(), (*account)->password_hash)
                        : co_await passwords.verify_against_nobody(in.password.reveal().str());
  // Too long to be anybody's: wrong, like any other.
  if (!right && right.error().code() == auth::errors::password_too_long) right = false;
  if (!right) co_return std::unexpected(std::move(right.error()));
  if (!*account || !*right) {
    ctx.log().warn("sign-in refused", {{"address", ctx.client_address()}, {"requestId", ctx.request_id()}});
    co_return fail(errors::invalid_credentials, "The e-mail address or the password is wrong.");
  }

  User& user = (*account)->user;
  auto transaction = co_await database.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  auto opened = co_await sessions.open(ctx, *transaction, user);
  if (!opened) co_return std::unexpected(std::move(opened.error()));
  if (auto committed = co_await transaction->commit(); !committed)
    co_return std::unexpected(std::move(committed.error()));
  if (!opened->ended.ids.empty()) co_await sessions.revoke(std::move(opened->ended));
  co_return hand_over(ctx, std::move(user), std::move(opened->pair));
}

}  // namespace ashlar::backend
