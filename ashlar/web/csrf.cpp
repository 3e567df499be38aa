// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/csrf.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/web/routes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace ashlar::web {

namespace {

constexpr std::string_view token_header = "X-CSRF-Token";
constexpr std::string_view token_purpose = "csrf";

bool is_unsafe(http::Method method) {
  return method != http::Method::get && method != http::Method::head && method != http::Method::options &&
         method != http::Method::trace;
}

// A field that is used for a decision must not be repeated.
std::optional<std::string_view> only(const http::RequestHeaders& headers, std::string_view name) {
  return headers.count(name) == 1 ? headers.find(name) : std::nullopt;
}

// The scheme is not compared: behind a proxy that terminates TLS it is unknown.
bool is_origin_of(std::string_view origin, std::string_view authority) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (origin.starts_with(scheme)) return !authority.empty() && ascii_iequals(origin.substr(scheme.size()), authority);
  }
  return false;
}

std::string session_of(const auth::Principal* principal) {
  return principal == nullptr ? std::string{} : principal->session.to_string();
}

Task<Result<>> give_token(const CsrfTokens& tokens, api::Call& call, http::Response& response) {
  std::string token = tokens.issue(call.principal(), call.now(), call.random());
  response.body = "{\"data\":{\"token\":\"" + token + "\"}}";
  response.headers.add("Content-Type", "application/json");
  response.headers.set("Cache-Control", "no-store");
  set_cookie(tokens.cookie_of(std::move(token)), response.headers);
  co_return Result<>{};
}

}  // namespace

CsrfTokens::CsrfTokens(Options options) : options_(std::move(options)), keys_(options_.keys) {}

std::string_view CsrfTokens::cookie_name() const {
  return options_.secure == Cookie::Secure::yes ? "__Host-csrf" : "csrf";
}

// <16 random bytes>.<milliseconds>.<session>.<signature>
std::string CsrfTokens::issue(const auth::Principal* principal, Timestamp now, Random& random) const {
  std::array<std::byte, 16> bytes{};
  random.fill(bytes);
  std::string token = to_base64url(bytes);
  token.append(".").append(std::to_string(now.milliseconds())).append(".").append(session_of(principal));
  return token + '.' + keys_.sign(token_purpose, token);
}

bool CsrfTokens::accepts(const http::Request& request, const auth::Principal* principal, Timestamp now) const {
  const auto sent = only(request.headers, token_header);
  const auto kept = RequestCookies(request.headers).find(cookie_name());
  if (!sent || !kept || *sent != *kept) return false;
  const std::size_t signature_at = sent->rfind('.');
  if (signature_at == sent->npos) return false;
  const std::string_view text = sent->substr(0, signature_at);
  if (!keys_.verify(token_purpose, text, sent->substr(signature_at + 1))) return false;
  // Signed by us, so it has the three parts.
  const std::size_t time_at = text.find('.') + 1, session_at = text.rfind('.') + 1;
  std::int64_t issued_at = 0;
  std::from_chars(text.data() + time_at, text.data() + session_at - 1, issued_at);
  const auto age = now - Timestamp::from_milliseconds(issued_at);
  if (age > options_.age_max) return false;
  return principal == nullptr || text.substr(session_at) == session_of(principal);
}

Cookie CsrfTokens::cookie_of(std::string token) const {
  return {.name = std::string(cookie_name()),
          .value = std::move(token),
          .max_age = options_.age_max,
          .secure = options_.secure};
}

std::optional<std::string> Csrf::validate() const {
  if (options_.unmarked == CsrfOptions::Unmarked::needs_token && options_.tokens == nullptr)
    return "needs tokens, since Unmarked::needs_token is set";
  return std::nullopt;
}

bool Csrf::applies(CsrfCheck check, http::Method method, bool goes_by_cookie) const {
  if (options_.state == CsrfOptions::State::off || !is_unsafe(method)) return false;
  return check == CsrfCheck::always || (check == CsrfCheck::with_cookies && goes_by_cookie);
}

Csrf::Site Csrf::site_of(const http::Request& request, std::string_view authority, const CorsPolicy* cors) const {
  const auto origin = only(request.headers, "Origin");
  if (origin && (std::ranges::find(options_.trusted_origins, *origin) != options_.trusted_origins.end() ||
                 (cors != nullptr && cors->allows_credentials_of(*origin))))
    return Site::ours;
  if (const auto site = request.headers.find("Sec-Fetch-Site")) {
    const bool ours = request.headers.count("Sec-Fetch-Site") == 1 && (*site == "same-origin" || *site == "none");
    return ours ? Site::ours : Site::other;
  }
  if (!request.headers.find("Origin")) return Site::unmarked;
  return origin && is_origin_of(*origin, authority) ? Site::ours : Site::other;
}

std::optional<Error> Csrf::refusal(const http::Request& request, std::string_view authority, const CorsPolicy* cors,
                                   const api::Call& call) const {
  const Site site = site_of(request, authority, cors);
  if (site == Site::ours || (site == Site::unmarked && options_.unmarked == CsrfOptions::Unmarked::passes))
    return std::nullopt;
  if (options_.tokens != nullptr && options_.tokens->accepts(request, call.principal(), call.now()))
    return std::nullopt;
  return Error(errors::csrf_refused, "This request was not sent by an allowed page.");
}

void mount_csrf_token(Routes& routes, std::string_view path, const CsrfTokens& tokens) {
  routes
      .raw(http::Method::get, path,
           [&tokens](api::Call& call, http::Request&, http::Response& response) {
             return give_token(tokens, call, response);
           })
      .set_guard(api::open());
}

}  // namespace ashlar::web
