// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/cookies.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <algorithm>

namespace ashlar::web {

namespace {

bool is_cookie_octet(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u > 0x20 && u < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

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
  for (const http::Field& field : headers.all()) {
    if (field.name.size() != 6 || !ascii_iequals(field.name, "cookie")) continue;
    for (std::string_view rest = field.value; !rest.empty();) {
      const std::size_t end = rest.find(';');
      const std::string_view pair = http::trimmed(rest.substr(0, end));
      rest = end == rest.npos ? std::string_view{} : rest.substr(end + 1);
      if (pair.size() <= name.size() || pair[name.size()] != '=' || !pair.starts_with(name)) continue;
      const std::string_view value = pair.substr(name.size() + 1);
      return std::ranges::all_of(value, is_cookie_octet) ? value : std::string_view{};
    }
  }
  return {};
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
}

}  // namespace ashlar::web
