// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/credential_cookies.hpp"

#include "ashlar/web/detail/cookie_pairs.hpp"

#include <algorithm>

namespace ashlar::web {

namespace {

struct CookieToSet {
  std::string_view prefix{};
  std::string_view name;
  std::string_view value{};
  std::string_view path;
  std::int64_t seconds = 0;
  CookiePolicy::Secure secure = CookiePolicy::Secure::no;
};

void set_cookie(const CookieToSet& cookie, http::ResponseHeaders& headers) {
  std::string out(cookie.prefix);
  out.append(cookie.name).append("=").append(cookie.value).append("; Path=").append(cookie.path);
  out.append("; Max-Age=").append(std::to_string(cookie.seconds)).append("; HttpOnly; SameSite=Strict");
  if (cookie.secure == CookiePolicy::Secure::yes) out += "; Secure";
  headers.add("Set-Cookie", out);
}

std::string_view octets_or_nothing(std::string_view value) {
  return std::ranges::all_of(value, detail::is_cookie_octet) ? value : std::string_view{};
}

}  // namespace

std::string_view find_cookie(const http::RequestHeaders& headers, std::string_view name) {
  std::string_view found;
  detail::visit_cookie_pairs(headers, [&](std::string_view pair) {
    if (pair.size() <= name.size() || pair[name.size()] != '=' || !pair.starts_with(name)) return true;
    found = octets_or_nothing(pair.substr(name.size() + 1));
    return false;
  });
  return found;
}

Result<std::string_view> find_credential_cookie(const http::RequestHeaders& headers, const CredentialCookie& cookie) {
  struct Found {
    std::string_view value;
    int times = 0;
  } prefixed, plain;
  detail::visit_cookie_pairs(headers, [&](std::string_view pair) {
    const std::size_t equals = pair.find('=');
    const std::string_view name = pair.substr(0, equals);
    const bool has_prefix = name.size() == cookie.prefix.size() + cookie.name.size() && name.starts_with(cookie.prefix);
    if (equals == pair.npos || (name != cookie.name && !(has_prefix && name.ends_with(cookie.name)))) return true;
    Found& found = has_prefix ? prefixed : plain;
    if (found.times++ == 0) found.value = octets_or_nothing(pair.substr(equals + 1));
    return true;
  });
  const Found& found = prefixed.times > 0 ? prefixed : plain;
  if (found.times > 1)
    return fail(errors::cookie_repeated, "The cookie " + std::string(cookie.name) + " occurs more than once.");
  return found.value;
}

void set_credential_cookies(const api::Credentials* credentials, Timestamp now, const CookiePolicy& policy,
                            const http::RequestHeaders& request, http::ResponseHeaders& headers) {
  static const api::Credentials none{};
  const api::Credentials& stored = credentials == nullptr ? none : *credentials;
  const bool secure = policy.secure == CookiePolicy::Secure::yes;
  const auto set = [&](const CredentialCookie& cookie, const std::string& token, Timestamp end, std::string_view path) {
    const std::int64_t seconds = token.empty() ? 0 : std::max<std::int64_t>(0, (end - now).count() / 1000);
    set_cookie({.prefix = secure ? cookie.prefix : std::string_view{},
                .name = cookie.name,
                .value = token,
                .path = path,
                .seconds = seconds,
                .secure = policy.secure},
               headers);
    if (secure && !find_cookie(request, cookie.name).empty())
      set_cookie({.name = cookie.name, .path = path, .secure = policy.secure}, headers);
  };
  set(policy.names.access_cookie(), stored.access_token, stored.access_expires_at, "/");
  if (credentials != nullptr && stored.refresh_token.empty()) return;
  set(policy.names.refresh_cookie(), stored.refresh_token, stored.refresh_expires_at, policy.names.refresh_path);
  if (stored.device)
    set(policy.names.device_cookie(), stored.device->token, stored.device->expires_at, policy.names.refresh_path);
}

}  // namespace ashlar::web
