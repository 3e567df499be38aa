// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/transport.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/credential_cookies.hpp"
#include "ashlar/web/detail/known_headers.hpp"

#include <string_view>

namespace ashlar::web {

// The sources of an access token in HTTP. The first one present counts, and the query never does: `Authorization:
// Bearer` (RFC 6750 section 2.1), the access cookie, `X-Access-Token`.
struct FoundCredential {
  api::Credential credential;
  enum class Carrier : unsigned char { none, field, cookie } carrier = Carrier::none;
};

// An Authorization field that is not a well-formed Bearer one, or more than one such field, is auth.token_invalid: a
// cookie does not replace it. A repeated cookie is auth.cookie_repeated.
[[nodiscard]] FoundCredential find_credential(const http::Request& request, const KnownHeaders& headers,
                                              const CredentialCookie& access_cookie);

}  // namespace ashlar::web
