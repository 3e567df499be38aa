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

// Typed cookies (RFC 6265, with the prefixes and SameSite of its revision). See docs/guide/cookies.md.
namespace ashlar::web {

// A cookie to set. The defaults are the strictest: a session cookie for this host only, over TLS only, not readable by
// scripts, and not sent with cross-site requests.
struct Cookie {
  std::string name;   // a token (RFC 9110 section 5.6.2)
  std::string value;  // cookie-octets: visible ASCII without " , ; and backslash; SignedCookies takes any bytes
  std::string path = "/";
  std::string domain{};                           // including all subdomains; empty: this host only
  std::optional<std::chrono::seconds> max_age{};  // zero: delete it; nullopt: until the browser is closed
  enum class Secure : std::uint8_t { no, yes } secure = Secure::yes;
  enum class Scripts : std::uint8_t { kept_out, allowed } scripts = Scripts::kept_out;  // kept_out: HttpOnly
  enum class SameSite : std::uint8_t { strict, lax, none } same_site = SameSite::strict;

  // Why it is invalid, in a sentence; nullopt when it is valid. Checks the characters, `__Host-` without Secure or with
  // a domain or a path other than "/", `__Secure-` or SameSite=None without Secure, a lifetime of more than 400 days,
  // more than 4,096 bytes in total. Prefixes are compared case-insensitively, as browsers do.
  [[nodiscard]] std::optional<std::string> validate() const;
};

// Adds Set-Cookie. Throws std::invalid_argument with the result of validate() if it is invalid.
void set_cookie(const Cookie& cookie, http::ResponseHeaders& headers);

// The cookies of a request. Views into its headers.
class RequestCookies {
 public:
  static constexpr std::size_t pairs_max = 64;  // further pairs are ignored

  explicit RequestCookies(const http::RequestHeaders& headers);

  // nullopt: absent, or present more than once, so that ours cannot be identified. A pair that is not a token with
  // cookie-octets (quoted or not) is skipped.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::size_t count() const { return pairs_.size(); }

 private:
  std::vector<std::pair<std::string_view, std::string_view>> pairs_;
};

// Values that a client stores and cannot change: HMAC-SHA-256 over the name, the value and its expiry, compared in
// constant time. The client can read them, so they must not contain secrets. Immutable.
class SignedCookies {
 public:
  // The first key signs, all keys verify: to rotate, put the new key first, and remove the last one when the values
  // that it signed have expired. Each has at least 32 bytes; otherwise throws std::invalid_argument.
  explicit SignedCookies(std::vector<std::string> keys);

  // A cookie value for arbitrary bytes: cookie-octets, 1.4 times as long plus 60.
  [[nodiscard]] std::string seal(std::string_view name, std::string_view value, Timestamp ends_at) const;
  // The bytes; nullopt when the value was not sealed under that name, or has expired.
  [[nodiscard]] std::optional<std::string> open(std::string_view name, std::string_view sealed, Timestamp now) const;

 private:
  SigningKeys keys_;
};

}  // namespace ashlar::web
