// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

constexpr const char* route = "POST /api/auth/register";
const std::string good = R"({"name": "Ada", "email": "ada@example.com", "password": "correct horse"})";

Scenario refused(std::string name, std::string body, std::vector<std::string> faults) {
  return {std::move(name), route, std::move(body), 422, "request.invalid", std::move(faults)};
}

TEST(Register, Refuses) {
  TestBackend backend;
  expect_refusals(
      backend.client(),
      without_a_readable_body(route, good, "") +
          std::vector{
              refused("nothing", "{}", {"/name required", "/email required", "/password required"}),
              refused("numbers", R"({"name": 1, "email": 2, "password": 3, "age": "4"})",
                      {"/name type", "/email type", "/password type", "/age type"}),
              refused("null", R"({"name": null, "email": "a@b.cd", "password": "12345678"})", {"/name null"}),
              refused("an empty name", R"({"name": "", "email": "a@b.cd", "password": "12345678"})",
                      {"/name too_short"}),
              refused("a long name",
                      R"({"name": ")" + std::string(121, 'n') + R"(", "email": "a@b.cd", "password": "12345678"})",
                      {"/name too_long"}),
              refused("no address", R"({"name": "Ada", "email": "ada", "password": "12345678"})", {"/email email"}),
              refused("a long address",
                      R"({"name": "Ada", "email": ")" + std::string(250, 'a') + R"(@b.cd", "password": "12345678"})",
                      {"/email email"}),
              refused("a short password", R"({"name": "Ada", "email": "a@b.cd", "password": "1234567"})",
                      {"/password too_short"}),
              refused("a book for a password",
                      R"({"name": "Ada", "email": "a@b.cd", "password": ")" + std::string(129, 'p') + R"("})",
                      {"/password too_long"}),
              refused(
                  "seven characters that are fourteen code points",
                  R"({"name": "Ada", "email": "a@b.cd", "password": "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"})",
                  {"/password too_short"}),
              refused("a password that is tried first", R"({"name": "Ada", "email": "a@b.cd", "password": "12345678"})",
                      {"/password common_password"}),
              refused("the same in capitals", R"({"name": "Ada", "email": "a@b.cd", "password": "PassWord1"})",
                      {"/password common_password"}),
              refused("one's own address", R"({"name": "Ada", "email": "lovelace@b.cd", "password": "lovelace@b.cd"})",
                      {"/password common_password"}),
              refused("one's own name and a digit",
                      R"({"name": "Lovelace", "email": "a@b.cd", "password": "lovelace1"})",
                      {"/password guessable_password"}),
              refused("one character again and again",
                      R"({"name": "Ada", "email": "a@b.cd", "password": "zzzzzzzzzzzz"})",
                      {"/password guessable_password"}),
              refused("an age below nothing",
                      R"({"name": "Ada", "email": "a@b.cd", "password": "12345678", "age": -1})", {"/age too_small"}),
              refused("an age of nobody", R"({"name": "Ada", "email": "a@b.cd", "password": "12345678", "age": 151})",
                      {"/age too_large"}),
              refused("half a year", R"({"name": "Ada", "email": "a@b.cd", "password": "12345678", "age": 36.5})",
                      {"/age type"}),
              refused("a role of one's own choice",
                      R"({"name": "Ada", "email": "a@b.cd", "password": "12345678", "role": "admin"})",
                      {"/role unknown_member"}),
              refused("a member twice", R"({"name": "Ada", "name": "Eve", "email": "a@b.cd", "password": "12345678"})",
                      {"/name duplicate_member"}),
              refused("everything at once",
                      R"({"name": "", "email": "x", "password": "1", "age": 200, "surplus": true})",
                      {"/name too_short", "/email email", "/password too_short", "/age too_large",
                       "/surplus unknown_member"}),
              Scenario{"another method", "PUT /api/auth/register", good, 405, "route.method_not_allowed"},
          });
}

TEST(Register, RefusesAnAddressThatIsTakenInWhateverCase) {
  TestBackend backend;
  (void)backend.person("ada");
  expect_refusals(backend.client(),
                  {{"the same", route, good, 409, "user.email_taken"},
                   {"in capitals", route, R"({"name": "Ada", "email": "ADA@Example.COM", "password": "correct horse"})",
                    409, "user.email_taken"}});
}

TEST(Register, OneAddressAtOnceMakesOneAccount) {
  TestBackend backend;
  const web::TestRequest request{
      .method = http::Method::post, .target = "/api/auth/register", .headers = {}, .body = good};
  EXPECT_THAT(backend.at_once(4, request), testing::ElementsAre(201, 409, 409, 409));
}

TEST(Register, SignsTheNewAccountIn) {
  TestBackend backend;
  auto reply = backend.client().post(
      "/api/auth/register",
      R"({"name": "Ada Lovelace", "email": "Ada@example.com", "password": "correct horse", "age": 36})");
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.at("/data/user/name"), "Ada Lovelace");
  EXPECT_EQ(reply.at("/data/user/email"), "Ada@example.com");
  EXPECT_EQ(reply.at("/data/user/age"), "36");
  EXPECT_EQ(reply.at("/data/user/role"), "user");
  EXPECT_EQ(reply.at("/data/user/permissions"), "[]");
  EXPECT_EQ(reply.at("/data/user/emailVerified"), "false");
  EXPECT_EQ(reply.at("/data/user/mfaEnabled"), "false");
  EXPECT_EQ(reply.at("/data/user/createdAt"), "2026-05-04T08:30:00.000Z");
  EXPECT_EQ(reply.at("/data/tokenType"), "Bearer");
  EXPECT_EQ(reply.at("/data/expiresIn"), "900");
  EXPECT_THAT(reply.body, testing::Not(testing::AnyOf(testing::HasSubstr("correct horse"), testing::HasSubstr("$2"))));

  backend.client().use_bearer(reply.at("/data/accessToken"));
  EXPECT_EQ(backend.client().get("/api/users/me").at("/data/name"), "Ada Lovelace");
}

TEST(Register, KeepsTheTokensInCookiesThatScriptsCannotRead) {
  TestBackend backend;
  const auto reply = backend.client().post("/api/auth/register", good);
  std::string cookies;
  for (const auto& [name, value] : reply.headers)
    if (name == "Set-Cookie") cookies += value + "\n";
  EXPECT_THAT(cookies, testing::AllOf(testing::HasSubstr("accessToken=" + reply.at("/data/accessToken")),
                                      testing::HasSubstr("refreshToken=" + reply.at("/data/refreshToken")),
                                      testing::HasSubstr("HttpOnly"), testing::HasSubstr("SameSite")));
  const auto me = backend.client().send({.method = http::Method::get,
                                         .target = "/api/users/me",
                                         .headers = {{"Cookie", "accessToken=" + reply.at("/data/accessToken")}},
                                         .body = {}});
  EXPECT_EQ(me.status, 200) << me.body;
}

TEST(Register, TakesAnAgeThatIsLeftOut) {
  TestBackend backend;
  EXPECT_EQ(backend.client().post("/api/auth/register", good).at("/data/user/age"), "null");
}

}  // namespace
}  // namespace ashlar::test
