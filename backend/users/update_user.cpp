// SPDX-License-Identifier: Apache-2.0
#include "backend/users/update_user.hpp"

#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Task<Result<User>> update_user(web::Context& ctx, UpdateUser in, sql::Database& database, Sessions& sessions) {
  auto transaction = co_await database.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  UserRepository users(*transaction);

  auto before = co_await users.find(in.id);
  if (!before) co_return std::unexpected(std::move(before.error()));
  if (!*before) co_return fail(errors::user_not_found, "There is no such user.");

  EndedSessions ended;
  if (in.role && in.role->view() != (*before)->role) {
    if ((*before)->role == role_admin) {
      if (auto allowed = co_await users.require_another_admin(in.id); !allowed)
        co_return std::unexpected(std::move(allowed.error()));
    }
    auto all = co_await sessions.end_all(*transaction, in.id, ctx.now());
    if (!all) co_return std::unexpected(std::move(all.error()));
    ended = std::move(*all);
  }

  UserChanges changes{.name = in.name, .email = in.email, .age = in.age, .role = {}, .password_hash = {}};
  if (in.role) changes.role = in.role->str();
  auto user = co_await users.update(in.id, std::move(changes), ctx.now());
  if (!user) co_return std::unexpected(std::move(user.error()));
  if (auto committed = co_await transaction->commit(); !committed)
    co_return std::unexpected(std::move(committed.error()));
  co_await sessions.revoke(std::move(ended));
  if (!*user) co_return fail(errors::user_not_found, "There is no such user.");
  co_return std::move(**user);
}

}  // namespace ashlar::backend
