// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Cross-origin resource sharing (the Fetch standard, section 3.2): which other sites' pages may read responses.
namespace ashlar::web {

struct CorsOptions {
  // As browsers send them: "https://shop.example", "http://localhost:5173"; compared byte by byte. "*" alone allows
  // every site. Empty: no other site is allowed, and no response gets additional fields. "null" (sandboxed frames,
  // files) is refused, since any page can obtain that origin.
  std::vector<std::string> origins = {};
  // Whether cookies and client certificates are sent. Not with "*".
  enum class Credentials : std::uint8_t { no, yes } credentials = Credentials::no;
  // What a page may send beyond the CORS-safelisted requests.
  std::vector<std::string> headers_allowed = {"Authorization", "Content-Type",   "Idempotency-Key", "If-Match",
                                              "If-None-Match", "X-Access-Token", "X-CSRF-Token",    "X-Request-Id",
                                              "traceparent",   "tracestate"};
  // Response fields that a page may read beyond the safelisted ones.
  std::vector<std::string> headers_exposed = {
      "ETag", "Location", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "X-Request-Id"};
  std::chrono::seconds preflight_age_max{600};  // how long a browser may cache a preflight's response
};

// The prepared options: a request costs a comparison with each origin and a copy of fields. Immutable.
//
// A response to an origin that is not allowed has no CORS field, so the browser withholds it from the page; nothing of
// the request is ever echoed. When the fields depend on the origin, every response has `Vary: Origin`, so that no cache
// serves one site's response to another.
class CorsPolicy {
 public:
  explicit CorsPolicy(const CorsOptions& options);

  // Why the options are invalid, in a sentence; nullopt when they are valid.
  [[nodiscard]] static std::optional<std::string> validate(const CorsOptions& options);

  [[nodiscard]] bool enabled() const { return any_ || !allowed_.empty(); }
  // Whether pages of that origin may send the user's cookies.
  [[nodiscard]] bool allows_credentials_of(std::string_view origin) const;
  // For a response; `origin` is empty when there is none.
  void add_to(std::string_view origin, http::ResponseHeaders& headers) const;
  // For the response to a preflight (OPTIONS with Origin and Access-Control-Request-Method); `methods` are those of the
  // path. false when the origin is not allowed.
  enum class Preflight : std::uint8_t { refused, granted };
  Preflight add_preflight_to(std::string_view origin, std::string_view methods, http::ResponseHeaders& headers) const;

 private:
  struct Allowed {
    std::string origin;
    http::HeaderBlock answer;
    http::HeaderBlock preflight;
  };
  [[nodiscard]] const Allowed* find(std::string_view origin) const;

  std::vector<Allowed> allowed_;  // by origin
  bool any_ = false;              // allowed_ contains only "*"
  bool credentials_ = false;
};

}  // namespace ashlar::web
