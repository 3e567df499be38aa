// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/http/headers.hpp"

#include <string>
#include <string_view>

// Cookies (RFC 6265) as far as they carry credentials.
namespace ashlar::web {

// What the App names the cookies that hold a client's tokens.
struct CredentialCookies {
  std::string access = "accessToken";
  std::string refresh = "refreshToken";
  std::string device = "deviceToken";
  std::string refresh_path = "/";  // the refresh token and the device's are sent to these paths only
};

// The value of the first cookie of that name over all Cookie fields; empty when there is none. Names are compared with
// case; a value that is no cookie-octets (section 4.1.1) counts as absent.
[[nodiscard]] std::string_view find_cookie(const http::RequestHeaders& headers, std::string_view name);

struct CookiePolicy {
  const CredentialCookies& names;
  enum class Secure : unsigned char { no, yes } secure = Secure::no;
};

// Adds Set-Cookie for both tokens, and for a device's where there is one: HttpOnly, SameSite=Strict, expiring with the
// token. Null: both expire now.
void set_credential_cookies(const api::Credentials* credentials, Timestamp now, const CookiePolicy& policy,
                            http::ResponseHeaders& headers);

}  // namespace ashlar::web
