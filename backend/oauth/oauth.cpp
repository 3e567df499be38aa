// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/oauth.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::backend {

Oauth::Oauth(OauthOptions options, std::string cookie_key, web::CredentialCookies credential_cookies, Services services)
    : options_(std::move(options)),
      services_(services),
      flows_(std::move(cookie_key), services.random),
      credential_cookies_(std::move(credential_cookies)) {
  if (options_.providers.empty()) return;
  client_.emplace(http::ClientOptions{});
  for (const oidc::ProviderOptions& each : options_.providers) {
    providers_.push_back(std::make_unique<oidc::Provider>(each, *client_, services.clock, services.random));
  }
}

void Oauth::close() {
  if (client_) client_->close();
}

bool Oauth::may_return_to(std::string_view page) const {
  return std::ranges::find(options_.return_urls, page) != options_.return_urls.end();
}

FlowCookies::Page page_of(const oidc::Provider& provider) {
  return provider.options().redirect_uri.starts_with("https:") ? FlowCookies::Page::https : FlowCookies::Page::http;
}

}  // namespace ashlar::backend
