// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// A provider's metadata (OpenID Connect Discovery 1.0).
namespace ashlar::oidc {

struct ProviderMetadata {
  std::string issuer;
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string jwks_uri;
  std::string userinfo_endpoint;  // empty: there is none
  // How the client authenticates at the token endpoint: in the Authorization field (RFC 6749 section 2.3.1), which is
  // the default of Discovery section 3, or in the body.
  enum class ClientAuthentication : std::uint8_t { basic, post } authentication = ClientAuthentication::basic;
  // Whether every callback carries `iss` (RFC 9207 section 3).
  enum class CallbackIssuer : std::uint8_t { optional, required } callback_issuer = CallbackIssuer::optional;
};

// The URL of an issuer's metadata: <issuer>/.well-known/openid-configuration (section 4.1).
[[nodiscard]] std::string metadata_url(std::string_view issuer);

// Parses and checks the metadata: `issuer` is exactly the configured one (section 4.3), the endpoints are URLs without
// a fragment and use https when the issuer does, and the token endpoint supports one of our authentication methods.
// Unknown members are ignored. Error auth.oauth_unavailable, with the cause for the log.
[[nodiscard]] Result<ProviderMetadata> parse_provider_metadata(std::string_view json, std::string_view issuer);

}  // namespace ashlar::oidc
