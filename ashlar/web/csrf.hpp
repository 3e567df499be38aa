// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/auth/principal.hpp"
#include "ashlar/core/signing_keys.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/cookie.hpp"
#include "ashlar/web/cors.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Protection against cross-site request forgery. See docs/guide/csrf.md.
namespace ashlar::web {

namespace errors {
inline constexpr ErrorCode csrf_refused{ErrorKind::forbidden, "csrf.refused"};
}  // namespace errors

class CsrfTokens;
class Routes;

// When a route checks it. For unsafe methods only: POST, PUT, PATCH, DELETE.
enum class CsrfCheck : std::uint8_t {
  with_cookies,  // when a cookie authenticates the caller, or carries a refresh token
  always,        // with every request: for routes with another cookie, or none (signing in)
  never,         // for routes that other sites' pages call
};

struct CsrfOptions {
  enum class State : std::uint8_t { off, on } state = State::on;
  // Origins whose pages may send requests, in addition to our own and those that CORS allows with credentials:
  // "https://admin.example".
  std::vector<std::string> trusted_origins = {};
  // Whether to accept requests with neither Sec-Fetch-Site nor Origin: no recent browser sends such a request, so no
  // page caused it.
  enum class Unmarked : std::uint8_t { passes, needs_token } unmarked = Unmarked::passes;
  const CsrfTokens* tokens = nullptr;  // null: tokens are not used. Outlives the App.
};

// Tokens that prove that a page could read our responses: a cookie and the field X-CSRF-Token hold the same token
// (double submit), signed by the server and bound to the caller's session. Immutable.
class CsrfTokens {
 public:
  struct Options {
    std::vector<std::string> keys;                // at least 32 bytes each; the first signs, all verify
    Cookie::Secure secure = Cookie::Secure::yes;  // no: for development without TLS; omits __Host-
    std::chrono::seconds age_max{12 * 3600};
  };
  explicit CsrfTokens(Options options);  // throws std::invalid_argument for invalid keys

  [[nodiscard]] std::string issue(const auth::Principal* principal, Timestamp now, Random& random) const;
  // Whether cookie and field are present, equal, signed by the server, not expired, and of this session. An unknown
  // caller may use the token of any session, since a session's refresh is sent without its access token.
  [[nodiscard]] bool accepts(const http::Request& request, const auth::Principal* principal, Timestamp now) const;
  [[nodiscard]] Cookie cookie_of(std::string token) const;

 private:
  [[nodiscard]] std::string_view cookie_name() const;

  Options options_;
  SigningKeys keys_;
};

// The check, as run by the chain.
class Csrf {
 public:
  explicit Csrf(CsrfOptions options) : options_(std::move(options)) {}

  // Why the options are invalid, in a sentence.
  [[nodiscard]] std::optional<std::string> validate() const;
  [[nodiscard]] bool applies(CsrfCheck check, http::Method method, bool goes_by_cookie) const;
  // csrf.refused when neither the origin reported by the browser nor a token allows the request. `authority`: the
  // requested host; `cors`: of the route, may be null.
  [[nodiscard]] std::optional<Error> refusal(const http::Request& request, std::string_view authority,
                                             const CorsPolicy* cors, const api::Call& call) const;

 private:
  enum class Site : std::uint8_t { ours, other, unmarked };
  [[nodiscard]] Site site_of(const http::Request& request, std::string_view authority, const CorsPolicy* cors) const;

  CsrfOptions options_;
};

// Adds GET `path`, open: {"data": {"token": "..."}}, and the same token in a cookie. `tokens` outlives the routes.
void mount_csrf_token(Routes& routes, std::string_view path, const CsrfTokens& tokens);

}  // namespace ashlar::web
