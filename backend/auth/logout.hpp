// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/auth/sessions.hpp"

#include <optional>

namespace ashlar::backend {

struct Logout {
  std::optional<Text<1, 4096>> refresh_token;  // over HTTP, the cookie's when the body has none
};
ASHLAR_DESCRIBE(Logout, refresh_token)

// Ends the session of the access token, which may have expired, or of the refresh token, and that of each when they
// name two. Succeeds when the session has ended already. Errors: auth.not_signed_in without a token; without a good
// one, what is wrong with the access token, or else with the refresh token.
Task<Result<api::WithCredentials<>>> logout(api::Call& call, Logout in, Sessions& sessions);

}  // namespace ashlar::backend
