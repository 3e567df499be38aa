// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_backend.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

constexpr const char* route = "POST /api/auth/login";
const std::string good = R"({"email": "ada@example.com", "password": "a long password"})";

Scenario refused(std::string name, std::string body, std::vector<std::string> faults) {
  return {std::move(name), route, std::move(body), 422, "request.invalid", std::move(faults)};
}
Scenario wrong(std::string name, std::string body) {
  return {std::move(name), route, std::move(body), 401, "auth.invalid_credentials"};
}

TEST(Login, Refuses) {
  TestBackend backend;
  (void)backend.person("ada");
  expect_refusals(
      backend.client(),
      without_a_readable_body(route, good, "") +
          std::vector{
              refused("nothing", "{}", {"/email required", "/password required"}),
              refused("numbers", R"({"email": 1, "password": 2})", {"/email type", "/password type"}),
              refused("no address", R"({"email": "ada", "password": "x"})", {"/email email"}),
              refused("no password", R"({"email": "ada@example.com", "password": ""})", {"/password too_short"}),
              refused("a book for a password",
                      R"({"email": "ada@example.com", "password": ")" + std::string(1025, 'p') + R"("})",
                      {"/password too_long"}),
              wrong("a wrong password", R"({"email": "ada@example.com", "password": "a long passwore"})"),
              wrong("one that is shorter than can be set", R"({"email": "ada@example.com", "password": "a"})"),
              wrong("one that is longer than can be set",
                    R"({"email": "ada@example.com", "password": "a long password)" + std::string(80, 'x') + R"("})"),
              wrong("an unknown address", R"({"email": "eve@example.com", "password": "a long password"})"),
              wrong("SQL for an address", R"({"email": "'or'1'='1@example.com", "password": "a long password"})"),
          });
}

TEST(Login, TellsAWrongPasswordFromAnUnknownAddressByNothing) {
  TestBackend backend;
  (void)backend.person("ada");
  const auto known = backend.client().post("/api/auth/login", R"({"email": "ada@example.com", "password": "wrong"})");
  const auto unknown = backend.client().post("/api/auth/login", R"({"email": "eve@example.com", "password": "wrong"})");
  EXPECT_EQ(known.status, unknown.status);
  EXPECT_EQ(known.at("/code"), unknown.at("/code"));
  EXPECT_EQ(known.at("/detail"), unknown.at("/detail"));
}

TEST(Login, SignsInWhateverTheCaseOfTheAddress) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const auto reply =
      backend.client().post("/api/auth/login", R"({"email": "ADA@example.com", "password": "a long password"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/user/id"), ada.id);
  EXPECT_EQ(reply.at("/data/tokenType"), "Bearer");
  EXPECT_EQ(reply.at("/data/expiresIn"), "900");
  EXPECT_NE(reply.at("/data/accessToken"), ada.token);
}

TEST(Login, AnAccessTokenEndsAfterItsQuarterOfAnHour) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  backend.clock().advance(std::chrono::minutes{15} - std::chrono::seconds{1});
  EXPECT_EQ(backend.as(ada, http::Method::get, "/api/users/me").status, 200);
  backend.clock().advance(std::chrono::seconds{1});
  const auto reply = backend.as(ada, http::Method::get, "/api/users/me");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.at("/code"), "auth.token_expired");
}

TEST(Login, TakesTheTokenFromAHeaderOrCookieAndNeverFromTheQuery) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const auto with = [&](std::vector<std::pair<std::string, std::string>> headers, std::string query) {
    return backend.client()
        .send({.method = http::Method::get,
               .target = "/api/auth/sessions" + query,
               .headers = std::move(headers),
               .body = {}})
        .status;
  };
  EXPECT_EQ(with({{"Authorization", "Bearer " + ada.token}}, ""), 200);
  EXPECT_EQ(with({{"X-Access-Token", ada.token}}, ""), 200);
  EXPECT_EQ(with({{"Cookie", "accessToken=" + ada.token}}, ""), 200);
  EXPECT_EQ(with({}, "?accessToken=" + ada.token), 401);
  EXPECT_EQ(with({}, "?access_token=" + ada.token), 401);
}

}  // namespace
}  // namespace ashlar::test
