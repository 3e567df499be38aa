// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/cookie.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/parse.hpp"
#include "ashlar/http/field_syntax.hpp"
#include "ashlar/web/detail/cookie_pairs.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

namespace ashlar::web {

namespace {

constexpr std::size_t cookie_bytes_max = 4096;
constexpr std::chrono::hours life_max{400 * 24};
constexpr std::string_view host_prefix = "__host-", secure_prefix = "__secure-";

bool is_attribute_character(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u > 0x20 && u < 0x7f && c != ';';
}

std::string text_of(const Cookie& cookie) {
  std::string out = cookie.name + '=' + cookie.value + "; Path=" + cookie.path;
  if (!cookie.domain.empty()) out.append("; Domain=").append(cookie.domain);
  if (cookie.max_age) out.append("; Max-Age=").append(std::to_string(cookie.max_age->count()));
  if (cookie.scripts == Cookie::Scripts::kept_out) out += "; HttpOnly";
  if (cookie.secure == Cookie::Secure::yes) out += "; Secure";
  switch (cookie.same_site) {
    case Cookie::SameSite::strict:
      return out + "; SameSite=Strict";
    case Cookie::SameSite::lax:
      return out + "; SameSite=Lax";
    case Cookie::SameSite::none:
      return out + "; SameSite=None";
  }
  return out;
}

}  // namespace

std::optional<std::string> Cookie::validate() const {
  const std::string lower = ascii_lower(name);
  const bool insecure = secure == Secure::no;
  if (!http::is_token(name)) return "a cookie's name must be a token";
  if (!std::ranges::all_of(value, detail::is_cookie_octet))
    return "a cookie's value has characters that are not allowed";
  if (!path.starts_with('/') || !std::ranges::all_of(path, is_attribute_character))
    return "a cookie's path must begin with a slash and hold no semicolon";
  if (!std::ranges::all_of(domain, [](char c) { return http::is_token_character(c) && c != '_'; }))
    return "a cookie's domain must be the name of a host";
  if (lower.starts_with(host_prefix) && (insecure || path != "/" || !domain.empty()))
    return "a cookie with __Host- must be Secure, have the path / and no domain";
  if (lower.starts_with(secure_prefix) && insecure) return "a cookie with __Secure- must be Secure";
  if (same_site == SameSite::none && insecure) return "a cookie with SameSite=None must be Secure";
  if (max_age && (*max_age < std::chrono::seconds{0} || *max_age > life_max))
    return "a cookie lives between 0 seconds and 400 days";
  if (text_of(*this).size() > cookie_bytes_max) return "a cookie has at most 4096 bytes";
  return std::nullopt;
}

void set_cookie(const Cookie& cookie, http::ResponseHeaders& headers) {
  if (auto wrong = cookie.validate()) throw std::invalid_argument(*wrong);
  headers.add("Set-Cookie", text_of(cookie));
}

RequestCookies::RequestCookies(const http::RequestHeaders& headers) {
  detail::visit_cookie_pairs(headers, [this](std::string_view pair) {
    if (pairs_.size() == pairs_max) return false;
    const std::size_t equals = pair.find('=');
    if (equals == pair.npos || !http::is_token(pair.substr(0, equals))) return true;
    std::string_view value = pair.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    if (std::ranges::all_of(value, detail::is_cookie_octet)) pairs_.emplace_back(pair.substr(0, equals), value);
    return true;
  });
}

std::optional<std::string_view> RequestCookies::find(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const auto& [its_name, value] : pairs_) {
    if (its_name != name) continue;
    if (found) return std::nullopt;
    found = value;
  }
  return found;
}

SignedCookies::SignedCookies(std::vector<std::string> keys) : keys_(std::move(keys)) {}

std::string SignedCookies::seal(std::string_view name, std::string_view value, Timestamp ends_at) const {
  std::string out = to_base64url(std::as_bytes(std::span(value.data(), value.size())));
  out.append(".").append(std::to_string(ends_at.milliseconds()));
  return out + '.' + keys_.sign(std::string("cookie ").append(name), out);
}

std::optional<std::string> SignedCookies::open(std::string_view name, std::string_view sealed, Timestamp now) const {
  const std::size_t signature_at = sealed.rfind('.');
  if (signature_at == sealed.npos) return std::nullopt;
  const std::string_view text = sealed.substr(0, signature_at);
  if (!keys_.verify(std::string("cookie ").append(name), text, sealed.substr(signature_at + 1))) return std::nullopt;
  const std::size_t end_at = text.rfind('.');
  if (end_at == text.npos) return std::nullopt;
  const std::string_view digits = text.substr(end_at + 1);
  const auto milliseconds = parse_integer<std::int64_t>(digits);
  if (!milliseconds || now >= Timestamp::from_milliseconds(*milliseconds)) return std::nullopt;
  return from_base64url(text.substr(0, end_at));
}

}  // namespace ashlar::web
