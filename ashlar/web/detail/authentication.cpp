// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/authentication.hpp"

#include "ashlar/auth/token.hpp"
#include "ashlar/web/bearer_token.hpp"

namespace ashlar::web {

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
