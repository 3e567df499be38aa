// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/http/headers.hpp"
#include "ashlar/web/context.hpp"

#include <string>
#include <string_view>

// Cookies (RFC 6265) as far as they carry credentials.
namespace ashlar::web {

inline constexpr std::string_view access_cookie = "accessToken";
inline constexpr std::string_view refresh_cookie = "refreshToken";

// The value of the first cookie of that name over all Cookie fields; empty when there is none. Names are compared with
// case; a value that is no cookie-octets (section 4.1.1) counts as absent.
[[nodiscard]] std::string_view find_cookie(const http::RequestHeaders& headers, std::string_view name);

struct CookiePolicy {
  enum class Secure : unsigned char { no, yes } secure = Secure::no;
  std::string refresh_path = "/api/auth";  // the refresh token is sent to these paths only
};

// Adds Set-Cookie for both tokens: HttpOnly, SameSite=Strict, ending with the token. Empty credentials end them now.
void set_credential_cookies(const Context::Credentials& credentials, Timestamp now, const CookiePolicy& policy,
                            http::ResponseHeaders& headers);

}  // namespace ashlar::web
