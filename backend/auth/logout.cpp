// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/logout.hpp"

#include "backend/auth/session.hpp"

namespace ashlar::backend {

Task<Result<api::WithCredentials<>>> logout(api::Call& call, Logout in, Sessions& sessions) {
  const std::string refresh_token = in.refresh_token ? in.refresh_token->str() : std::string();
  const auto named = co_await unwrap(sessions.named_by(call.presented_token(), refresh_token));
  for (const NamedSession& each : named) {
    auto ended = co_await sessions.end(call, each.account, each.session);
    // It may have ended before: then there is nothing left to do.
    if (!ended && ended.error().code() != errors::session_not_found)
      co_return std::unexpected(std::move(ended.error()));
  }
  co_return api::WithCredentials<>{};
}

}  // namespace ashlar::backend
