// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/http/message.hpp"
#include "backend/oauth/oauth.hpp"

namespace ashlar::backend {

// Redirects the browser to the provider (302), with the sign-in in a cookie.
Task<Result<>> start_oauth(api::Call& call, http::Request& request, http::Response& response, Oauth& oauth,
                           oidc::Provider& provider);

}  // namespace ashlar::backend
