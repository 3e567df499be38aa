// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/logout.hpp"

#include "backend/auth/session.hpp"

namespace ashlar::backend {

Task<Result<>> logout(web::Context& ctx, Sessions& sessions) {
  auto ended = co_await sessions.end(ctx.user().id, ctx.user().session, ctx.now());
  // Ended by another request at the same moment: what was asked for is so.
  if (!ended && ended.error().code() != errors::session_not_found) co_return ended;
  ctx.forget_credentials();
  co_return Result<>{};
}

}  // namespace ashlar::backend
