// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/end_session.hpp"

namespace ashlar::backend {

Task<Result<api::WithCredentials<>>> end_session(api::UserCall& call, api::ById in, Sessions& sessions) {
  co_await unwrap(sessions.end(call, call.user().id, in.id));
  const bool own = in.id == call.user().session;
  co_return api::WithCredentials<>{.credentials = {},
                                   .otherwise = own ? api::StoredCredentials::deleted : api::StoredCredentials::kept};
}

}  // namespace ashlar::backend
