// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/routes.hpp"

#include "backend/oauth/finish_oauth.hpp"
#include "backend/oauth/list_identities.hpp"
#include "backend/oauth/start_oauth.hpp"
#include "backend/oauth/unlink_identity.hpp"
#include "backend/sign_in_age.hpp"

#include <string>

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {

using Page = Task<Result<>> (*)(api::Call&, http::Request&, http::Response&, Oauth&, oidc::Provider&);

// Open, 30 requests a minute of one client, and never compressed: a reply may hold tokens.
void mount_page(web::Routes& routes, const std::string& path, Page page, Oauth& oauth, oidc::Provider& provider) {
  web::Route& route =
      routes.raw(http::Method::get, path,
                 [page, &oauth, &provider](api::Call& call, http::Request& request, http::Response& response) {
                   return page(call, request, response, oauth, provider);
                 });
  route.set_guard(api::open());
  route.endpoint.limits.push_back({.requests = 30, .window = 1min});
  route.compressed = web::Route::Compressed::no;
}

}  // namespace

// clang-format off
void mount_oauth(web::Routes& routes, Oauth& oauth, AccountHooks& hooks) {
  for (const auto& provider : oauth.providers()) {
    const std::string path = "/api/auth/oauth/" + provider->options().name;
    mount_page(routes, path, start_oauth, oauth, *provider);
    mount_page(routes, path + "/callback", finish_oauth, oauth, *provider);
  }
  routes.get("/api/auth/identities", list_identities, oauth.units().database()).signed_in()
      .name("listIdentities").tag("Auth").summary("My identities at sign-in providers");
  routes.remove("/api/auth/identities/{id}", unlink_identity, oauth.units(), hooks).signed_in().fresh(sign_in_age_max)
      .name("unlinkIdentity").tag("Auth").summary("Unlink one of my identities").fails_with(errors::identity_not_found, errors::last_sign_in_method);
}
// clang-format on

}  // namespace ashlar::backend
