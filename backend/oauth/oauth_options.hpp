// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/oidc/provider.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace ashlar::backend {

// The configuration of sign-in with OpenID Connect providers.
struct OauthOptions {
  std::vector<oidc::ProviderOptions> providers;  // names are unique
  std::vector<std::string> return_urls;          // allowed pages for the redirect, compared byte by byte
  std::chrono::seconds flow_time_max{600};       // between the start of a sign-in and its callback
};

}  // namespace ashlar::backend
