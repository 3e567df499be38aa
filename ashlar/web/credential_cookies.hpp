// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/http/headers.hpp"

#include <string>
#include <string_view>

// Cookies (RFC 6265) as far as they carry credentials.
namespace ashlar::web {

namespace errors {
inline constexpr ErrorCode cookie_repeated{ErrorKind::malformed, "auth.cookie_repeated"};
}  // namespace errors

// A cookie with a credential. Over TLS it is set as `prefix` + `name` (RFC 6265bis section 4.1.3): browsers take such a
// cookie only over TLS, and `__Host-` only from this host and for "/", so no other host of the domain can plant one. It
// is read under both names, since browsers still hold those of before.
struct CredentialCookie {
  std::string_view name;
  std::string_view prefix;  // "__Host-", "__Secure-"
};

// What the App names the cookies that hold a client's tokens.
struct CredentialCookies {
  std::string access = "accessToken";
  std::string refresh = "refreshToken";
  std::string device = "deviceToken";
  std::string refresh_path = "/";  // the refresh token and the device's are sent to these paths only

  [[nodiscard]] CredentialCookie access_cookie() const { return {.name = access, .prefix = "__Host-"}; }
  // Without a prefix: the name is also that of an input's binding, and the token signs nobody in.
  [[nodiscard]] CredentialCookie device_cookie() const { return {.name = device, .prefix = {}}; }
  [[nodiscard]] CredentialCookie refresh_cookie() const {
    return {.name = refresh, .prefix = refresh_path == "/" ? "__Host-" : "__Secure-"};
  }
};

// The credential in a request's cookies: under the prefixed name, else under the plain one; empty when there is none.
// Error auth.cookie_repeated when that name is there more than once: nothing says which of them is the server's own.
[[nodiscard]] Result<std::string_view> find_credential_cookie(const http::RequestHeaders& headers,
                                                              const CredentialCookie& cookie);

// The value of the first cookie of that name over all Cookie fields; empty when there is none. Names are compared with
// case; a value that is no cookie-octets (section 4.1.1) counts as absent.
[[nodiscard]] std::string_view find_cookie(const http::RequestHeaders& headers, std::string_view name);

struct CookiePolicy {
  const CredentialCookies& names;
  enum class Secure : unsigned char { no, yes } secure = Secure::no;
};

// Adds Set-Cookie for both tokens, and for a device's where there is one: HttpOnly, SameSite=Strict, expiring with the
// token, and under the prefixed names where they are Secure; a plain one that the request has is deleted then. For the
// access token alone where there is no refresh token. Null: both expire now.
void set_credential_cookies(const api::Credentials* credentials, Timestamp now, const CookiePolicy& policy,
                            const http::RequestHeaders& request, http::ResponseHeaders& headers);

}  // namespace ashlar::web
