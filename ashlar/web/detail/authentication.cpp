// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/authentication.hpp"

#include "ashlar/auth/token.hpp"
#include "ashlar/core/encoding.hpp"

namespace ashlar::web {

namespace {

// RFC 6750 section 2.1: "Bearer" (case-insensitive by RFC 9110), one or more spaces, b64token.
std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer";
  if (authorization.size() <= scheme.size() || !ascii_iequals(authorization.substr(0, scheme.size()), scheme) ||
      authorization[scheme.size()] != ' ')
    return std::nullopt;
  std::string_view token = authorization.substr(scheme.size());
  while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
  if (token.empty() || token.find_first_of(" \t,;\"") != token.npos) return std::nullopt;
  return token;
}

}  // namespace

FoundCredential find_credential(const http::Request& request, const KnownHeaders& headers,
                                const CredentialCookie& access_cookie) {
  using Carrier = FoundCredential::Carrier;
  FoundCredential found;
  std::string_view& token = found.credential.token;
  if (headers.authorizations > 0) {
    const auto bearer = headers.authorizations == 1 ? bearer_token(headers.authorization) : std::nullopt;
    if (bearer) {
      token = *bearer;
      found.carrier = Carrier::field;
    } else {
      found.credential.refusal.emplace(auth::errors::token_invalid,
                                       "The Authorization header is not of the form \"Bearer <token>\".");
    }
    return found;
  }
  if (headers.cookies > 0) {
    auto cookie = find_credential_cookie(request.headers, access_cookie);
    if (!cookie) {
      found.credential.refusal.emplace(std::move(cookie.error()));
      found.carrier = Carrier::cookie;
      return found;
    }
    token = *cookie;
    if (!token.empty()) found.carrier = Carrier::cookie;
  }
  if (token.empty() && !headers.access_token.empty()) {
    token = headers.access_token;
    found.carrier = Carrier::field;
  }
  return found;
}

}  // namespace ashlar::web
