// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/end_session.hpp"

namespace ashlar::backend {

Task<Result<>> end_session(web::Context& ctx, EndSession in, Sessions& sessions) {
  auto ended = co_await sessions.end(ctx.user().id, in.id, ctx.now());
  if (ended && in.id == ctx.user().session) ctx.forget_credentials();
  co_return ended;
}

}  // namespace ashlar::backend
