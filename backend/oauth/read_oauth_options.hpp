// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/config/environment.hpp"
#include "backend/oauth/oauth_options.hpp"

#include <cstdint>

namespace ashlar::backend {

// Reads GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and GOOGLE_REDIRECT_URI, OIDC_<NAME>_ISSUER, _CLIENT_ID, _CLIENT_SECRET
// and _REDIRECT_URI, and OAUTH_RETURN_URLS. The provider of OIDC_MY_COMPANY_ISSUER is named my-company. URLs are https
// where `urls` says so, but for the machine's own host. Every fault is in env.faults().
enum class UrlSchemes : std::uint8_t { http_too, https };
[[nodiscard]] OauthOptions read_oauth_options(config::Environment& env, UrlSchemes urls);

}  // namespace ashlar::backend
