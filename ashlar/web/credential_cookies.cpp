// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/credential_cookies.hpp"

#include "ashlar/web/detail/cookie_pairs.hpp"

#include <algorithm>

namespace ashlar::web {

namespace {

void set_cookie(std::string_view name, std::string_view value, std::string_view path, std::int64_t seconds,
                CookiePolicy::Secure secure, http::ResponseHeaders& headers) {
  std::string out(name);
  out.append("=").append(value).append("; Path=").append(path);
  out.append("; Max-Age=").append(std::to_string(seconds)).append("; HttpOnly; SameSite=Strict");
  if (secure == CookiePolicy::Secure::yes) out += "; Secure";
  headers.add("Set-Cookie", out);
}

}  // namespace

std::string_view find_cookie(const http::RequestHeaders& headers, std::string_view name) {
  std::string_view found;
  detail::visit_cookie_pairs(headers, [&](std::string_view pair) {
    if (pair.size() <= name.size() || pair[name.size()] != '=' || !pair.starts_with(name)) return true;
    const std::string_view value = pair.substr(name.size() + 1);
    if (std::ranges::all_of(value, detail::is_cookie_octet)) found = value;
    return false;
  });
  return found;
}

void set_credential_cookies(const api::Credentials* credentials, Timestamp now, const CookiePolicy& policy,
                            http::ResponseHeaders& headers) {
  static const api::Credentials none{};
  const api::Credentials& stored = credentials == nullptr ? none : *credentials;
  const auto set = [&](std::string_view name, const std::string& token, Timestamp end, std::string_view path) {
    const std::int64_t seconds = token.empty() ? 0 : std::max<std::int64_t>(0, (end - now).count() / 1000);
    set_cookie(name, token, path, seconds, policy.secure, headers);
  };
  set(policy.names.access, stored.access_token, stored.access_expires_at, "/");
  set(policy.names.refresh, stored.refresh_token, stored.refresh_expires_at, policy.names.refresh_path);
  if (stored.device)
    set(policy.names.device, stored.device->token, stored.device->expires_at, policy.names.refresh_path);
}

}  // namespace ashlar::web
