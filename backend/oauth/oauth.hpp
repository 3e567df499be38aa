// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/http/client/client.hpp"
#include "ashlar/oidc/provider.hpp"
#include "ashlar/web/credential_cookies.hpp"
#include "backend/auth/second_factors.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/oauth/oauth_options.hpp"
#include "backend/oauth/sign_in_flow.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::backend {

// The providers that users can sign in with, and the dependencies of their endpoints. Safe from every loop. The
// constructor's arguments outlive it.
class Oauth {
 public:
  struct Services {
    api::Units& units;
    Sessions& sessions;
    const SecondFactors& second_factors;
    const Clock& clock;
    Random& random;
  };
  // `cookie_key`: 32 bytes, the same for every instance. Creates nothing without a provider.
  Oauth(OauthOptions options, std::string cookie_key, web::CredentialCookies credential_cookies, Services services);
  Oauth(const Oauth&) = delete;
  Oauth& operator=(const Oauth&) = delete;

  // Call before the loops that used it are destroyed, after they have ended.
  void close();

  [[nodiscard]] const std::vector<std::unique_ptr<oidc::Provider>>& providers() const { return providers_; }
  [[nodiscard]] const OauthOptions& options() const { return options_; }
  [[nodiscard]] const FlowCookies& flows() const { return flows_; }
  [[nodiscard]] const web::CredentialCookies& credential_cookies() const { return credential_cookies_; }
  [[nodiscard]] api::Units& units() const { return services_.units; }
  [[nodiscard]] Sessions& sessions() const { return services_.sessions; }
  [[nodiscard]] const SecondFactors& second_factors() const { return services_.second_factors; }
  [[nodiscard]] bool may_return_to(std::string_view page) const;

 private:
  OauthOptions options_;
  Services services_;
  FlowCookies flows_;
  web::CredentialCookies credential_cookies_;
  std::optional<http::Client> client_;
  std::vector<std::unique_ptr<oidc::Provider>> providers_;
};

// How a browser reaches the callback of the provider, by its redirect URI.
[[nodiscard]] FlowCookies::Page page_of(const oidc::Provider& provider);

}  // namespace ashlar::backend
