// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/token.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/known_headers.hpp"

#include <memory>
#include <optional>

namespace ashlar::web {

// Who asks, as the request's token says. A token is taken from the first of these that is there, and never from the
// query: `Authorization: Bearer` (RFC 6750 section 2.1), the cookie `accessToken`, `X-Access-Token`.
struct Caller {
  std::shared_ptr<const auth::Principal> principal;                                    // null: nobody
  enum class Carrier : unsigned char { none, field, cookie } carrier = Carrier::none;  // what the token came in
  std::optional<Error> refusal;  // why the token that was given is refused: auth.token_invalid, _expired, _revoked
};

// An Authorization field that is no well-formed Bearer one, or more than one, is auth.token_invalid: it is not passed
// over for a cookie. `tokens` may be null: then nobody is known.
[[nodiscard]] Caller authenticate(const http::Request& request, const KnownHeaders& headers,
                                  const auth::Tokens* tokens);

}  // namespace ashlar::web
