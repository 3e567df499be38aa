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

// Requests that pages of other sites make in a user's name (cross-site request forgery). See docs/guide/csrf.md.
namespace ashlar::web {

namespace errors {
inline constexpr ErrorCode csrf_refused{ErrorKind::forbidden, "csrf.refused"};
}  // namespace errors

class CsrfTokens;
class Routes;

// When a route looks at it. Of unsafe methods alone: POST, PUT, PATCH, DELETE.
enum class CsrfCheck : std::uint8_t {
  with_cookies,  // when a cookie says who asks, or brings a refresh token
  always,        // with every request: what goes by another cookie, or by none (signing in)
  never,         // what is meant for other sites' pages
};

struct CsrfOptions {
  enum class State : std::uint8_t { off, on } state = State::on;
  // Whose pages may ask, beside our own and the sites that CORS lets in with credentials: "https://admin.example".
  std::vector<std::string> trusted_origins = {};
  // What has neither Sec-Fetch-Site nor Origin: no browser of the last years, so no page brought it about.
  enum class Unmarked : std::uint8_t { passes, needs_token } unmarked = Unmarked::passes;
  const CsrfTokens* tokens = nullptr;  // null: nobody has one. Outlives the App.
};

// Tokens that prove that a page could read our answers: a cookie and the field X-CSRF-Token hold the same one (double
// submit), signed by us, bound to the session of who asks. Immutable.
class CsrfTokens {
 public:
  struct Options {
    std::vector<std::string> keys;                // of at least 32 bytes; the first signs, all verify
    Cookie::Secure secure = Cookie::Secure::yes;  // no: for development without TLS; then no __Host- either
    std::chrono::seconds age_max{12 * 3600};
  };
  explicit CsrfTokens(Options options);  // throws std::invalid_argument for the keys

  [[nodiscard]] std::string issue(const auth::Principal* principal, Timestamp now, Random& random) const;
  // Whether both are there, the same, ours, not too old, and of this session; a caller who is not known passes with the
  // token of any session, since a session's refresh comes without its access token.
  [[nodiscard]] bool accepts(const http::Request& request, const auth::Principal* principal, Timestamp now) const;
  [[nodiscard]] Cookie cookie_of(std::string token) const;

 private:
  [[nodiscard]] std::string_view cookie_name() const;

  Options options_;
  SigningKeys keys_;
};

// The check, as the chain runs it.
class Csrf {
 public:
  explicit Csrf(CsrfOptions options) : options_(std::move(options)) {}

  // What is wrong with the options, in a sentence.
  [[nodiscard]] std::optional<std::string> validate() const;
  [[nodiscard]] bool applies(CsrfCheck check, http::Method method, bool goes_by_cookie) const;
  // csrf.refused when neither the browser's word for where it comes from nor a token lets it pass. `authority`: the
  // host that was asked for; `cors`: of the route, may be null.
  [[nodiscard]] std::optional<Error> refusal(const http::Request& request, std::string_view authority,
                                             const CorsPolicy* cors, const api::Call& call) const;

 private:
  enum class Site : std::uint8_t { ours, other, unmarked };
  [[nodiscard]] Site site_of(const http::Request& request, std::string_view authority, const CorsPolicy* cors) const;

  CsrfOptions options_;
};

// Adds GET `path`, open: {"data": {"token": "..."}}, the same in a cookie. `tokens` outlives the routes.
void mount_csrf_token(Routes& routes, std::string_view path, const CsrfTokens& tokens);

}  // namespace ashlar::web
