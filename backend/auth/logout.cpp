// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/logout.hpp"

#include "backend/auth/session.hpp"

namespace ashlar::backend {

Task<Result<api::WithCredentials<>>> logout(api::UserCall& call, Sessions& sessions) {
  auto ended = co_await sessions.end(call, call.user().id, call.user().session);
  // Another request may have ended it at the same moment: then it is ended.
  if (!ended && ended.error().code() != errors::session_not_found) co_return std::unexpected(std::move(ended.error()));
  co_return api::WithCredentials<>{};
}

}  // namespace ashlar::backend
