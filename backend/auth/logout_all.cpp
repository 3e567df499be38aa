// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/logout_all.hpp"

namespace ashlar::backend {

Task<Result<>> logout_all(web::Context& ctx, sql::Database& database, Sessions& sessions) {
  auto transaction = co_await database.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  auto ended = co_await sessions.end_all(*transaction, ctx.user().id, ctx.now());
  if (!ended) co_return std::unexpected(std::move(ended.error()));
  if (auto committed = co_await transaction->commit(); !committed) co_return committed;
  co_await sessions.revoke(std::move(*ended));
  ctx.forget_credentials();
  co_return Result<>{};
}

}  // namespace ashlar::backend
