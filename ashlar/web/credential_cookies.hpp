// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/http/headers.hpp"

#include <string>
#include <string_view>

// Cookies (RFC 6265) that carry credentials.
namespace ashlar::web {

namespace errors {
inline constexpr ErrorCode cookie_repeated{ErrorKind::malformed, "auth.cookie_repeated"};
}  // namespace errors

// A cookie with a credential. Over TLS it is set as `prefix` + `name` (RFC 6265bis section 4.1.3): browsers accept such
// a cookie only over TLS, and `__Host-` only from this host and for "/", so no other host of the domain can plant one.
// It is read under both names, since browsers may still have the unprefixed one.
struct CredentialCookie {
  std::string_view name;
  std::string_view prefix;  // "__Host-", "__Secure-"
};

// The names of the cookies that hold a client's tokens.
struct CredentialCookies {
  std::string access = "accessToken";
  std::string refresh = "refreshToken";
  std::string device = "deviceToken";
  std::string refresh_path = "/";  // the refresh and device tokens are sent to these paths only

  [[nodiscard]] CredentialCookie access_cookie() const { return {.name = access, .prefix = "__Host-"}; }
  // Without a prefix: the name is also that of an input's binding, and the token does not authenticate anyone.
  [[nodiscard]] CredentialCookie device_cookie() const { return {.name = device, .prefix = {}}; }
  [[nodiscard]] CredentialCookie refresh_cookie() const {
    return {.name = refresh, .prefix = refresh_path == "/" ? "__Host-" : "__Secure-"};
  }
};

// The credential in a request's cookies: under the prefixed name, else under the plain one; empty when there is none.
// Error auth.cookie_repeated when that name occurs more than once: the server's own cookie cannot be identified.
[[nodiscard]] Result<std::string_view> find_credential_cookie(const http::RequestHeaders& headers,
                                                              const CredentialCookie& cookie);

// The value of the first cookie of that name in all Cookie fields; empty when there is none. Names are case-sensitive;
// a value that is not cookie-octets (section 4.1.1) counts as absent.
[[nodiscard]] std::string_view find_cookie(const http::RequestHeaders& headers, std::string_view name);

struct CookiePolicy {
  const CredentialCookies& names;
  enum class Secure : unsigned char { no, yes } secure = Secure::no;
};

// Adds Set-Cookie for both tokens, and for the device token if there is one: HttpOnly, SameSite=Strict, expiring with
// the token. Secure cookies have the prefixed names, and a plain one in the request is deleted. Without a refresh
// token, sets the access token only. Null: deletes both.
void set_credential_cookies(const api::Credentials* credentials, Timestamp now, const CookiePolicy& policy,
                            const http::RequestHeaders& request, http::ResponseHeaders& headers);

}  // namespace ashlar::web
