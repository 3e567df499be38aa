// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/signing_keys.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/http/headers.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Cookies (RFC 6265, and of its revision the prefixes and SameSite), typed. See docs/guide/cookies.md.
namespace ashlar::web {

// One to set. The defaults are the strictest: gone with the browser's session, for this host alone, over TLS alone, not
// for scripts, and not with requests that other sites bring about.
struct Cookie {
  std::string name;   // a token (RFC 9110 section 5.6.2)
  std::string value;  // cookie-octets: visible ASCII without " , ; and backslash; SignedCookies takes any bytes
  std::string path = "/";
  std::string domain{};                           // with all hosts below; empty: this host alone
  std::optional<std::chrono::seconds> max_age{};  // zero: forget it now; nullopt: until the browser is closed
  enum class Secure : std::uint8_t { no, yes } secure = Secure::yes;
  enum class Scripts : std::uint8_t { kept_out, allowed } scripts = Scripts::kept_out;  // HttpOnly, or not
  enum class SameSite : std::uint8_t { strict, lax, none } same_site = SameSite::strict;

  // What is wrong with it, in a sentence; nullopt when nothing is: characters, `__Host-` without Secure or with a
  // domain or a path other than "/", `__Secure-` or SameSite=None without Secure, a life of more than 400 days, more
  // than 4,096 bytes in all. Prefixes are compared without case, as browsers do.
  [[nodiscard]] std::optional<std::string> validate() const;
};

// Adds Set-Cookie. Throws std::invalid_argument with the sentence of validate(), if there is one.
void set_cookie(const Cookie& cookie, http::ResponseHeaders& headers);

// The cookies of a request. Views into its headers.
class RequestCookies {
 public:
  static constexpr std::size_t pairs_max = 64;  // the rest is not looked at

  explicit RequestCookies(const http::RequestHeaders& headers);

  // nullopt: there is none, or several, of which nobody knows which is ours. What is no pair of a token and
  // cookie-octets (in quotation marks or not) is passed over.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::size_t count() const { return pairs_.size(); }

 private:
  std::vector<std::pair<std::string_view, std::string_view>> pairs_;
};

// Values that a client keeps for us and cannot change: HMAC-SHA-256 over the name, the value and its end, compared in
// constant time. They can be read by who has them; what must not be read does not go into a cookie. Immutable.
class SignedCookies {
 public:
  // The first key signs, all of them verify: to change keys, put the new one first and drop the last when what it
  // signed has ended. Each has at least 32 bytes; throws std::invalid_argument else.
  explicit SignedCookies(std::vector<std::string> keys);

  // A cookie's value for any bytes: cookie-octets, 1.4 times as long and 60 more.
  [[nodiscard]] std::string seal(std::string_view name, std::string_view value, Timestamp ends_at) const;
  // The bytes; nullopt when it is none that was sealed under that name, or has ended.
  [[nodiscard]] std::optional<std::string> open(std::string_view name, std::string_view sealed, Timestamp now) const;

 private:
  SigningKeys keys_;
};

}  // namespace ashlar::web
