// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/http/message.hpp"
#include "backend/oauth/oauth.hpp"

namespace ashlar::backend {

// The provider's callback: signs in, or links the identity, and answers with {"data": ...}; where the sign-in was
// started with returnTo, redirects there (302), with #error=CODE when it failed.
Task<Result<>> finish_oauth(api::Call& call, http::Request& request, http::Response& response, Oauth& oauth,
                            oidc::Provider& provider);

}  // namespace ashlar::backend
