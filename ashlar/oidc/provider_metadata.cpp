// SPDX-License-Identifier: Apache-2.0
#include "ashlar/oidc/provider_metadata.hpp"

#include "ashlar/http/client/request_url.hpp"
#include "ashlar/oidc/detail/provider_errors.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/describe.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace ashlar::oidc {

// The members that are read, as they are named on the wire.
struct MetadataDocument {
  static constexpr auto json_names = schema::JsonNames::as_written;
  std::string issuer;
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string jwks_uri;
  std::optional<std::string> userinfo_endpoint;
  std::optional<std::vector<std::string>> token_endpoint_auth_methods_supported;
  std::optional<bool> authorization_response_iss_parameter_supported;
};
ASHLAR_DESCRIBE(MetadataDocument, issuer, authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint,
                token_endpoint_auth_methods_supported, authorization_response_iss_parameter_supported)

namespace {

using Authentication = ProviderMetadata::ClientAuthentication;

std::optional<Authentication> authentication_of(const std::optional<std::vector<std::string>>& methods) {
  if (!methods) return Authentication::basic;
  const auto lists = [&](std::string_view name) { return std::ranges::find(*methods, name) != methods->end(); };
  if (lists("client_secret_basic")) return Authentication::basic;
  if (lists("client_secret_post")) return Authentication::post;
  return std::nullopt;
}

// An endpoint over plain HTTP would defeat TLS to the issuer.
bool is_endpoint(std::string_view url, const http::RequestUrl& issuer) {
  if (url.contains('#')) return false;
  const auto parsed = http::RequestUrl::parse(url);
  return parsed && (parsed->origin().scheme == http::Scheme::https || issuer.origin().scheme == http::Scheme::http);
}

}  // namespace

std::string metadata_url(std::string_view issuer) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);
  return std::string(issuer) + "/.well-known/openid-configuration";
}

Result<ProviderMetadata> parse_provider_metadata(std::string_view json, std::string_view issuer) {
  const auto document = schema::read_json<MetadataDocument>(json, {.unknown = schema::ReadOptions::Unknown::ignore});
  if (!document) return detail::unavailable("the discovery document is malformed");
  if (document->issuer != issuer) return detail::unavailable("the discovery document names another issuer");
  const auto issuer_url = http::RequestUrl::parse(issuer);
  if (!issuer_url) return detail::unavailable("the issuer is not a URL");
  const auto authentication = authentication_of(document->token_endpoint_auth_methods_supported);
  if (!authentication)
    return detail::unavailable("the token endpoint takes neither client_secret_basic nor client_secret_post");
  const std::string userinfo = document->userinfo_endpoint.value_or("");
  for (const std::string& url : {document->authorization_endpoint, document->token_endpoint, document->jwks_uri}) {
    if (!is_endpoint(url, *issuer_url)) return detail::unavailable("the discovery document has an unusable endpoint");
  }
  if (!userinfo.empty() && !is_endpoint(userinfo, *issuer_url))
    return detail::unavailable("the discovery document has an unusable userinfo endpoint");
  using CallbackIssuer = ProviderMetadata::CallbackIssuer;
  return ProviderMetadata{.issuer = document->issuer,
                          .authorization_endpoint = document->authorization_endpoint,
                          .token_endpoint = document->token_endpoint,
                          .jwks_uri = document->jwks_uri,
                          .userinfo_endpoint = userinfo,
                          .authentication = *authentication,
                          .callback_issuer = document->authorization_response_iss_parameter_supported.value_or(false)
                                                 ? CallbackIssuer::required
                                                 : CallbackIssuer::optional};
}

}  // namespace ashlar::oidc
