// SPDX-License-Identifier: Apache-2.0
#include "backend/users/delete_user.hpp"

#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Task<Result<>> delete_user(web::Context& ctx, DeleteUser in, sql::Database& database, Sessions& sessions) {
  auto transaction = co_await database.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  UserRepository users(*transaction);

  auto user = co_await users.find(in.id);
  if (!user) co_return std::unexpected(std::move(user.error()));
  if (!*user) co_return fail(errors::user_not_found, "There is no such user.");
  if ((*user)->role == role_admin) {
    if (auto allowed = co_await users.require_another_admin(in.id); !allowed) co_return allowed;
  }
  auto ended = co_await sessions.end_all(*transaction, in.id, ctx.now());
  if (!ended) co_return std::unexpected(std::move(ended.error()));
  if (auto removed = co_await users.remove(in.id); !removed) co_return std::unexpected(std::move(removed.error()));
  if (auto committed = co_await transaction->commit(); !committed) co_return committed;
  co_await sessions.revoke(std::move(*ended));
  co_return Result<>{};
}

}  // namespace ashlar::backend
