// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Cross-origin resource sharing (the Fetch standard, section 3.2): which other sites' pages may read the answers.
namespace ashlar::web {

struct CorsOptions {
  // As a browser writes them: "https://shop.example", "http://localhost:5173"; compared whole, byte by byte. "*" alone
  // is every site. Empty: no other site, and nothing is added to any answer. "null" (sandboxed frames, files) is
  // refused, since any page can make itself that origin.
  std::vector<std::string> origins = {};
  // Whether cookies and client certificates go along. Not with "*".
  enum class Credentials : std::uint8_t { no, yes } credentials = Credentials::no;
  // What a page may send beyond what every page may.
  std::vector<std::string> headers_allowed = {"Authorization", "Content-Type",   "Idempotency-Key", "If-Match",
                                              "If-None-Match", "X-Access-Token", "X-CSRF-Token",    "X-Request-Id",
                                              "traceparent",   "tracestate"};
  // What a page may read of an answer beyond the fields that it always may.
  std::vector<std::string> headers_exposed = {
      "ETag", "Location", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "X-Request-Id"};
  std::chrono::seconds preflight_age_max{600};  // how long a browser may remember a preflight's answer
};

// The options, prepared: what a request costs is a comparison with each origin and a copy of fields. Immutable.
//
// An answer to an origin that is not allowed has no CORS field, and the browser keeps it from the page: nothing of what
// the request says is ever sent back. Where the fields depend on the origin, every answer has `Vary: Origin`, so that
// no cache gives one site's to another.
class CorsPolicy {
 public:
  explicit CorsPolicy(const CorsOptions& options);

  // What is wrong with the options, in a sentence; nullopt when they are fine.
  [[nodiscard]] static std::optional<std::string> validate(const CorsOptions& options);

  [[nodiscard]] bool enabled() const { return any_ || !allowed_.empty(); }
  // Whether a page of that origin may ask with the user's cookies.
  [[nodiscard]] bool allows_credentials_of(std::string_view origin) const;
  // For an answer to a request; `origin` is empty when there is none.
  void add_to(std::string_view origin, http::ResponseHeaders& headers) const;
  // For the answer to a preflight (OPTIONS with Origin and Access-Control-Request-Method), `methods` being those of the
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
  bool any_ = false;              // allowed_ has "*" alone
  bool credentials_ = false;
};

}  // namespace ashlar::web
