// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::web {

// Stores one host's Set-Cookie as a browser does and returns the cookies to send: by path, by Secure, until Max-Age has
// passed on the given clock. For tests; SameSite is ignored, since there is one site.
class TestCookieJar {
 public:
  explicit TestCookieJar(const Clock& clock) : clock_(clock) {}  // outlives the jar

  void take(std::string_view set_cookie, http::Scheme scheme);
  // The Cookie field for a request; empty when there are no cookies for it.
  [[nodiscard]] std::string field_for(std::string_view path, http::Scheme scheme) const;
  // The value of a stored cookie.
  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
  void clear() { cookies_.clear(); }

 private:
  struct Kept {
    std::string name, value;
    std::string path = "/";
    bool secure = false;
    std::optional<Timestamp> ends_at;
  };
  [[nodiscard]] bool lives(const Kept& cookie) const { return !cookie.ends_at || clock_.now() < *cookie.ends_at; }

  const Clock& clock_;
  std::vector<Kept> cookies_;
};

}  // namespace ashlar::web
