// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/cookie.hpp"

#include <gtest/gtest.h>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;
using Secure = Cookie::Secure;
using SameSite = Cookie::SameSite;

std::string set(const Cookie& cookie) {
  http::ResponseHeaders headers;
  set_cookie(cookie, headers);
  return std::string(*headers.find("Set-Cookie"));
}

TEST(Cookie, RefusesWhatABrowserWouldRefuseOrMisread) {
  const std::pair<Cookie, const char*> cookies[] = {
      {{.name = "", .value = "1"}, "no name"},
      {{.name = "a b", .value = "1"}, "a space in the name"},
      {{.name = "a", .value = "1; Domain=evil.example"}, "an attribute in the value"},
      {{.name = "a", .value = "1\r\nX: y"}, "a line break in the value"},
      {{.name = "a", .value = "\"1\""}, "quotation marks"},
      {{.name = "a", .value = "1", .path = "x"}, "a path without its slash"},
      {{.name = "a", .value = "1", .path = "/;Secure"}, "an attribute in the path"},
      {{.name = "a", .value = "1", .domain = "x;y"}, "an attribute in the domain"},
      {{.name = "__Host-a", .value = "1", .secure = Secure::no}, "__Host- without Secure"},
      {{.name = "__host-a", .value = "1", .path = "/x"}, "__Host- with a path"},
      {{.name = "__Host-a", .value = "1", .domain = "example.com"}, "__Host- with a domain"},
      {{.name = "__Secure-a", .value = "1", .secure = Secure::no}, "__Secure- without Secure"},
      {{.name = "a", .value = "1", .secure = Secure::no, .same_site = SameSite::none}, "SameSite=None without Secure"},
      {{.name = "a", .value = "1", .max_age = -1s}, "a negative life"},
      {{.name = "a", .value = "1", .max_age = 401 * 24h}, "too long a life"},
      {{.name = "a", .value = std::string(4096, 'a')}, "too many bytes"},
  };
  for (const auto& [cookie, what] : cookies) {
    EXPECT_TRUE(cookie.validate()) << what;
    EXPECT_THROW(set(cookie), std::invalid_argument) << what;
  }
}

TEST(Cookie, IsWrittenStrictByDefault) {
  EXPECT_EQ(set({.name = "a", .value = "1"}), "a=1; Path=/; HttpOnly; Secure; SameSite=Strict");
  EXPECT_EQ(set({.name = "__Host-a", .value = "", .max_age = 0s}),
            "__Host-a=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict");
  EXPECT_EQ(set({.name = "a",
                 .value = "1",
                 .path = "/x",
                 .domain = "example.com",
                 .max_age = 1h,
                 .secure = Secure::no,
                 .scripts = Cookie::Scripts::allowed,
                 .same_site = SameSite::lax}),
            "a=1; Path=/x; Domain=example.com; Max-Age=3600; SameSite=Lax");
}

std::optional<std::string_view> find(std::string_view cookies, std::string_view name) {
  http::RequestHeaders headers;
  headers.add("Cookie", cookies);
  return RequestCookies(headers).find(name);
}

TEST(Cookie, IsFoundInARequestOrNotAtAll) {
  EXPECT_EQ(find("a=1; b=2", "b"), "2");
  EXPECT_EQ(find("a=1;b=\"2\"", "b"), "2");
  EXPECT_EQ(find("a=", "a"), "");
  EXPECT_EQ(find("a=1=2", "a"), "1=2");
  for (const auto* cookies : {"", "A=1", "a", "ab=1", "a b=1", "a=1; a=2", "a=1\x01", "a=1,2", "a =1", ";;;"})
    EXPECT_EQ(find(cookies, "a"), std::nullopt) << cookies;
}

TEST(Cookie, OnlyALimitedNumberIsRead) {
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "c" + std::to_string(i) + "=1; ";
  http::RequestHeaders headers;
  headers.add("Cookie", many);
  EXPECT_EQ(RequestCookies(headers).count(), RequestCookies::pairs_max);
}

struct SignedCookieTest : testing::Test {
  static constexpr Timestamp now = Timestamp::from_milliseconds(1'800'000'000'000);
  SignedCookies cookies{{std::string(32, 'n'), std::string(32, 'o')}};
  std::string sealed = cookies.seal("cart", "7 lamps; \x01\xff", now + 1h);
};

TEST_F(SignedCookieTest, IsRefusedWhenAnythingWasChanged) {
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(cookies.open("cart", changed, now)) << changed;
    EXPECT_FALSE(cookies.open("cart", sealed.substr(0, i), now)) << i;
  }
  EXPECT_FALSE(cookies.open("other", sealed, now)) << "sealed under another name";
  EXPECT_FALSE(cookies.open("cart", sealed, now + 1h)) << "it has ended";
  EXPECT_FALSE(SignedCookies({std::string(32, 'x')}).open("cart", sealed, now)) << "another key";
}

TEST_F(SignedCookieTest, CarriesAnyBytesInWhatACookieMayHold) {
  EXPECT_FALSE((Cookie{.name = "cart", .value = sealed}.validate()));
  EXPECT_EQ(cookies.open("cart", sealed, now), "7 lamps; \x01\xff");
}

TEST_F(SignedCookieTest, OutlivesAChangeOfKeys) {
  EXPECT_TRUE(SignedCookies({std::string(32, 'z'), std::string(32, 'n')}).open("cart", sealed, now));
  const std::string by_old = SignedCookies({std::string(32, 'o')}).seal("cart", "x", now + 1h);
  EXPECT_TRUE(cookies.open("cart", by_old, now));
}

TEST_F(SignedCookieTest, RequiresLongKeys) {
  EXPECT_THROW(SignedCookies({}), std::invalid_argument);
  EXPECT_THROW(SignedCookies({std::string(32, 'a'), "short"}), std::invalid_argument);
}

}  // namespace
}  // namespace ashlar::web
