// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::web {

// What a browser would keep of one host's Set-Cookie, and send back: by path, by Secure, until Max-Age has passed on
// the clock that it was given. For tests; SameSite is not looked at, since there is one site.
class TestCookieJar {
 public:
  explicit TestCookieJar(const Clock& clock) : clock_(clock) {}  // outlives the jar

  void take(std::string_view set_cookie, http::Scheme scheme);
  // The Cookie field for a request; empty when there is none to send.
  [[nodiscard]] std::string field_for(std::string_view path, http::Scheme scheme) const;
  // The value of one that is still kept.
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
