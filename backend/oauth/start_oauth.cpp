// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/start_oauth.hpp"

#include "ashlar/auth/token.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "backend/oauth/oauth_query.hpp"
#include "backend/sign_in_age.hpp"

#include <utility>

namespace ashlar::backend {

namespace {

using Reauthentication = oidc::BeginOptions::Reauthentication;

SignInFlow flow_of(const api::Call& call, const oidc::Provider& provider, const StartQuery& query,
                   oidc::Challenge challenge, Timestamp ends_at) {
  SignInFlow out{.id = call.new_id(),
                 .provider = provider.options().name,
                 .state = std::move(challenge.state),
                 .nonce = std::move(challenge.nonce),
                 .verifier = std::move(challenge.verifier),
                 .return_to = query.return_to,
                 .reauthenticated = query.fresh == StartQuery::Fresh::yes,
                 .link_account = std::nullopt,
                 .link_session = std::nullopt,
                 .ends_at = ends_at};
  if (query.link == StartQuery::Link::yes) {
    out.link_account = call.principal()->id;
    out.link_session = call.principal()->session;
  }
  return out;
}

}  // namespace

Task<Result<>> start_oauth(api::Call& call, http::Request& request, http::Response& response, Oauth& oauth,
                           oidc::Provider& provider) {
  const StartQuery query = co_await unwrap(read_start_query(request.query));
  if (!query.return_to.empty() && !oauth.may_return_to(query.return_to))
    co_return std::unexpected(invalid_input("returnTo", schema::codes::one_of, "is no page that a sign-in may end at"));
  if (query.link == StartQuery::Link::yes && call.principal() == nullptr)
    co_return fail(auth::errors::not_signed_in, "Sign in to link an identity to your account.");
  if (query.link == StartQuery::Link::yes) co_await unwrap(call.require_fresh(sign_in_age_max));
  const auto reauthentication =
      query.fresh == StartQuery::Fresh::yes ? Reauthentication::required : Reauthentication::no;
  oidc::Begun begun = co_await unwrap(provider.begin({.reauthentication = reauthentication}));
  const SignInFlow flow =
      flow_of(call, provider, query, std::move(begun.challenge), call.now() + oauth.options().flow_time_max);
  response.status = 302;
  response.headers.set("Location", begun.url);
  response.headers.set("Cache-Control", "no-store");
  web::set_cookie(oauth.flows().make(flow, page_of(provider), call.now()), response.headers);
  co_return Result<>{};
}

}  // namespace ashlar::backend
