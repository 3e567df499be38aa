// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/finish_oauth.hpp"

#include "ashlar/schema/json.hpp"
#include "backend/oauth/identity_repository.hpp"
#include "backend/oauth/identity_sign_in.hpp"
#include "backend/oauth/oauth_query.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace ashlar::backend {

namespace {

using Reauthentication = oidc::BeginOptions::Reauthentication;

// The outcome of a callback.
struct Finished {
  std::string json;                             // of the reply's data
  std::optional<api::Credentials> credentials;  // that the browser stores
  std::string mfa_token;                        // for an account with a second factor: there are no credentials yet
};

Error flow_ended() {
  return {oidc::errors::state_invalid, "This sign-in has ended or began in another browser. Start it again."};
}

// The flow of the callback, which is thereby used up.
Task<Result<SignInFlow>> take_flow(api::Call& call, http::Request& request, Oauth& oauth,
                                   const oidc::Provider& provider, oidc::Callback callback) {
  auto flow = oauth.flows().read(request.headers, page_of(provider), call.now());
  if (!flow || flow->provider != provider.options().name) co_return std::unexpected(flow_ended());
  co_await unwrap(oidc::check_state(callback, flow->challenge()));
  const bool is_new = co_await unwrap(oauth.units().run(call, &IdentityRepository::use_flow, flow->id, flow->ends_at));
  if (!is_new) co_return std::unexpected(flow_ended());
  co_return std::move(*flow);
}

Task<Result<Finished>> finish(api::Call& call, Oauth& oauth, oidc::Provider& provider, oidc::Callback callback,
                              SignInFlow flow) {
  const auto reauthentication = flow.reauthenticated ? Reauthentication::required : Reauthentication::no;
  oidc::Claims claims =
      co_await unwrap(provider.finish(std::move(callback), flow.challenge(), {.reauthentication = reauthentication}));
  ProvenIdentity who{
      .provider = provider.options().name, .issuer = provider.options().issuer, .claims = std::move(claims)};
  if (flow.link_account && flow.link_session) {
    const Identity linked =
        co_await unwrap(link_identity(call, std::move(who), {*flow.link_account, *flow.link_session}, oauth.units()));
    co_return Finished{.json = schema::to_json(linked), .credentials = std::nullopt, .mfa_token = {}};
  }
  auto reply = co_await unwrap(
      sign_in_with_identity(call, std::move(who), oauth.units(), oauth.sessions(), oauth.second_factors()));
  const auto* required = std::get_if<MfaRequired>(&reply.reply);
  co_return Finished{.json = schema::to_json(reply.reply),
                     .credentials = std::move(reply.credentials),
                     .mfa_token = required != nullptr ? required->mfa_token : std::string()};
}

void log_refusal(const api::Call& call, const oidc::Provider& provider, const Error& error) {
  call.log().security(log::Level::warn, "sign-in with a provider refused",
                      {{"provider", provider.options().name},
                       {"code", error.code().name},
                       {"cause", error.cause()},
                       {"address", call.client_address()}});
}

}  // namespace

Task<Result<>> finish_oauth(api::Call& call, http::Request& request, http::Response& response, Oauth& oauth,
                            oidc::Provider& provider) {
  oidc::Callback callback = co_await unwrap(read_callback(request.query));
  const auto flow = co_await take_flow(call, request, oauth, provider, callback);
  if (!flow) {
    log_refusal(call, provider, flow.error());
    co_return std::unexpected(flow.error());
  }
  auto finished = co_await finish(call, oauth, provider, std::move(callback), *flow);
  if (!finished) log_refusal(call, provider, finished.error());
  if (!finished && flow->return_to.empty()) co_return std::unexpected(std::move(finished.error()));

  web::set_cookie(oauth.flows().deleted(page_of(provider)), response.headers);
  response.headers.set("Cache-Control", "no-store");
  if (finished && finished->credentials) {
    const bool secure = page_of(provider) == FlowCookies::Page::https;
    web::set_credential_cookies(&*finished->credentials, call.now(),
                                {.names = oauth.credential_cookies(),
                                 .secure = secure ? web::CookiePolicy::Secure::yes : web::CookiePolicy::Secure::no},
                                request.headers, response.headers);
  }
  if (flow->return_to.empty()) {
    response.headers.set("Content-Type", "application/json");
    response.body = R"({"data":)" + finished->json + '}';
    co_return Result<>{};
  }
  response.status = 302;
  // A fragment stays in the browser: no server and no log receives it.
  std::string fragment;
  if (!finished) fragment = "#error=" + std::string(finished.error().code().name);
  if (finished && !finished->mfa_token.empty()) fragment = "#mfaToken=" + finished->mfa_token;
  response.headers.set("Location", flow->return_to + fragment);
  co_return Result<>{};
}

}  // namespace ashlar::backend
