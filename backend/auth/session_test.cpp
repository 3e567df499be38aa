// SPDX-License-Identifier: Apache-2.0
// Refreshing, logging out, and the list of sessions.
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;

std::string token_body(const std::string& token) { return R"({"refreshToken": ")" + token + R"("})"; }

Person refreshed(TestBackend& backend, const Person& person) {
  const auto reply = backend.client().post("/api/auth/refresh", token_body(person.refresh_token));
  EXPECT_EQ(reply.status, 200) << reply.body;
  return {.id = person.id,
          .email = person.email,
          .token = reply.at("/data/accessToken"),
          .refresh_token = reply.at("/data/refreshToken")};
}

std::string code_of_me(TestBackend& backend, const Person& person) {
  const auto reply = backend.as(person, Method::get, "/api/users/me");
  return reply.status == 200 ? "ok" : reply.at("/code");
}

TEST(Refresh, Refuses) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string route = "POST /api/auth/refresh";
  expect_refusals(backend.client(),
                  without_a_readable_body(route, token_body(ada.refresh_token), "") +
                      std::vector<Scenario>{
                          {"neither body nor cookie", route, "", 422, "request.invalid", {"/refreshToken required"}},
                          {"nothing in the body", route, "{}", 422, "request.invalid", {"/refreshToken required"}},
                          {"a number", route, R"({"refreshToken": 1})", 422, "request.invalid", {"/refreshToken type"}},
                          {"an empty one", route, token_body(""), 422, "request.invalid", {"/refreshToken too_short"}},
                          {"a long one",
                           route,
                           token_body(std::string(4097, 'x')),
                           422,
                           "request.invalid",
                           {"/refreshToken too_long"}},
                          {"gibberish", route, token_body("gibberish"), 401, "auth.token_invalid"},
                          {"an access token", route, token_body(ada.token), 401, "auth.token_invalid"},
                      });
  backend.clock().advance(std::chrono::hours{7 * 24});
  expect_refusals(backend.client(),
                  {{"one that has expired", route, token_body(ada.refresh_token), 401, "auth.token_expired"}});
}

TEST(Refresh, GivesANewPairAndTheOldAccessTokenStaysGood) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  backend.clock().advance(std::chrono::minutes{10});
  const Person next = refreshed(backend, ada);
  EXPECT_NE(next.token, ada.token);
  EXPECT_NE(next.refresh_token, ada.refresh_token);
  EXPECT_EQ(code_of_me(backend, next), "ok");
  EXPECT_EQ(code_of_me(backend, ada), "ok");
  EXPECT_EQ(code_of_me(backend, refreshed(backend, next)), "ok");
}

TEST(Refresh, TakesTheTokenOfTheCookie) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const auto reply = backend.client().send({.method = Method::post,
                                            .target = "/api/auth/refresh",
                                            .headers = {{"Cookie", "refreshToken=" + ada.refresh_token}},
                                            .body = {}});
  EXPECT_EQ(reply.status, 200) << reply.body;
}

// The token directly before the newest one may be sent again for a moment: see refresh_table_test.cpp.
TEST(Refresh, AnOldTokenEndsItsSessionAndNoOther) {
  TestBackend backend;
  const Person thief = backend.person("ada");
  const Person elsewhere = backend.sign_in(thief.email);
  const Person owner = refreshed(backend, refreshed(backend, thief));

  const auto reply = backend.client().post("/api/auth/refresh", token_body(thief.refresh_token));
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.at("/code"), "auth.refresh_reused");
  EXPECT_EQ(code_of_me(backend, owner), "auth.token_revoked");
  EXPECT_EQ(code_of_me(backend, thief), "auth.token_revoked");
  EXPECT_EQ(backend.client().post("/api/auth/refresh", token_body(owner.refresh_token)).at("/code"),
            "auth.token_revoked");
  EXPECT_EQ(code_of_me(backend, elsewhere), "ok");
  (void)refreshed(backend, elsewhere);
}

TEST(Refresh, OneTokenAtOnceGivesOneSuccessor) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const auto statuses = backend.at_once(
      4, {.method = Method::post, .target = "/api/auth/refresh", .headers = {}, .body = token_body(ada.refresh_token)});
  EXPECT_THAT(statuses, testing::Each(200));
  EXPECT_EQ(code_of_me(backend, ada), "ok");
}

TEST(Logout, RefusesThoseWhoAreNotSignedIn) {
  TestBackend backend;
  const BadTokens bad = backend.bad_tokens();
  const std::string route = "POST /api/auth/logout";
  expect_refusals(
      backend.client(),
      without_a_good_token("POST /api/auth/logout-all", "", bad) +
          without_a_good_token("GET /api/auth/sessions", "", bad) +
          std::vector<Scenario>{
              {"no token", route, "", 401, "auth.not_signed_in"},
              {"gibberish", route, "", 401, "auth.token_invalid", {}, "gibberish"},
              {"a forged token", route, "", 401, "auth.token_invalid", {}, bad.forged},
              {"a refresh token as an access token", route, "", 401, "auth.token_invalid", {}, bad.refresh},
              {"an access token as a refresh token", route, token_body(bad.expired), 401, "auth.token_invalid"},
              {"a number", route, R"({"refreshToken": 1})", 422, "request.invalid", {"/refreshToken type"}}});
  const Person ada = backend.person("ada");
  backend.clock().advance(std::chrono::hours{7 * 24});
  expect_refusals(backend.client(),
                  {{"an expired refresh token", route, token_body(ada.refresh_token), 401, "auth.token_expired"}});
}

// Fifteen minutes after a sign-in the browser has only the refresh cookie.
TEST(Logout, WorksWithTheRefreshCookieAlone) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person elsewhere = backend.sign_in(ada.email);
  const auto reply = backend.client().send({.method = Method::post,
                                            .target = "/api/auth/logout",
                                            .headers = {{"Cookie", "refreshToken=" + ada.refresh_token}},
                                            .body = {}});
  EXPECT_EQ(reply.status, 204) << reply.body;
  std::vector<std::string> cleared;
  for (const auto& [name, value] : reply.headers)
    if (name == "Set-Cookie") cleared.push_back(value);
  EXPECT_THAT(cleared, testing::UnorderedElementsAre(
                           testing::AllOf(testing::StartsWith("accessToken=;"), testing::HasSubstr("Max-Age=0")),
                           testing::AllOf(testing::StartsWith("refreshToken=;"), testing::HasSubstr("Max-Age=0"))));
  EXPECT_EQ(code_of_me(backend, ada), "auth.token_revoked");
  EXPECT_EQ(backend.client().post("/api/auth/refresh", token_body(ada.refresh_token)).at("/code"),
            "auth.token_revoked");
  EXPECT_EQ(code_of_me(backend, elsewhere), "ok");
}

TEST(Logout, WorksWithAnExpiredAccessToken) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  backend.clock().advance(std::chrono::hours{1});
  ASSERT_EQ(code_of_me(backend, ada), "auth.token_expired");
  EXPECT_EQ(backend.as(ada, Method::post, "/api/auth/logout").status, 204);
  EXPECT_EQ(backend.client().post("/api/auth/refresh", token_body(ada.refresh_token)).at("/code"),
            "auth.token_revoked");
}

TEST(Logout, TwiceIsNoError) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  EXPECT_EQ(backend.as(ada, Method::post, "/api/auth/logout").status, 204);
  EXPECT_EQ(backend.as(ada, Method::post, "/api/auth/logout").status, 204);
}

TEST(Logout, WithTokensOfTwoSessionsEndsBoth) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person other = backend.sign_in(ada.email);
  EXPECT_EQ(backend.as(ada, Method::post, "/api/auth/logout", token_body(other.refresh_token)).status, 204);
  EXPECT_EQ(code_of_me(backend, ada), "auth.token_revoked");
  EXPECT_EQ(code_of_me(backend, other), "auth.token_revoked");
}

TEST(Logout, EndsThisSessionAtOnceAndNoOther) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person elsewhere = backend.sign_in(ada.email);
  const auto reply = backend.as(ada, Method::post, "/api/auth/logout");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(code_of_me(backend, ada), "auth.token_revoked");
  EXPECT_EQ(backend.client().post("/api/auth/refresh", token_body(ada.refresh_token)).at("/code"),
            "auth.token_revoked");
  EXPECT_EQ(code_of_me(backend, elsewhere), "ok");
}

TEST(Logout, IsNotForgottenByARestart) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person elsewhere = backend.sign_in(ada.email);
  ASSERT_EQ(backend.as(ada, Method::post, "/api/auth/logout").status, 204);
  backend.restart();
  EXPECT_EQ(code_of_me(backend, ada), "auth.token_revoked");
  EXPECT_EQ(code_of_me(backend, elsewhere), "ok");
}

TEST(Logout, OfAllEndsEverySessionOfTheAccountAndNobodyElses) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person elsewhere = backend.sign_in(ada.email);
  const Person eve = backend.person("eve");
  EXPECT_EQ(backend.as(ada, Method::post, "/api/auth/logout-all").status, 204);
  EXPECT_EQ(code_of_me(backend, ada), "auth.token_revoked");
  EXPECT_EQ(code_of_me(backend, elsewhere), "auth.token_revoked");
  EXPECT_EQ(code_of_me(backend, eve), "ok");
  EXPECT_EQ(code_of_me(backend, backend.sign_in(ada.email)), "ok");
}

TEST(Sessions, RefusesABadPage) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  expect_refusals(backend.client(), without_a_good_page("GET /api/auth/sessions", ada.token));
}

TEST(Sessions, AreListedWithTheCurrentOneMarked) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  backend.clock().advance(std::chrono::minutes{1});
  const Person elsewhere = backend.sign_in(ada.email);
  (void)backend.person("eve");
  const auto list = backend.as(ada, Method::get, "/api/auth/sessions");
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.at("/pagination/total"), "2");
  EXPECT_EQ(list.at("/data/0/current"), "false");  // the newest first
  EXPECT_EQ(list.at("/data/0/createdAt"), "2026-05-04T08:31:00.000Z");
  EXPECT_EQ(list.at("/data/1/current"), "true");
  EXPECT_EQ(list.at("/data/1/clientAddress"), "127.0.0.1");
  EXPECT_THAT(list.body, testing::Not(testing::HasSubstr("refreshId")));
}

TEST(Sessions, CanBeEndedOneByOneByTheirOwnerAlone) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  backend.clock().advance(std::chrono::minutes{1});
  const Person elsewhere = backend.sign_in(ada.email);
  const Person eve = backend.person("eve");
  const std::string id = backend.as(ada, Method::get, "/api/auth/sessions").at("/data/0/id");

  expect_refusals(backend.client(),
                  without_a_good_token("DELETE /api/auth/sessions/" + id, "", backend.bad_tokens()) +
                      without_a_good_id("DELETE /api/auth/sessions/", "", ada.token, "auth.session_not_found") +
                      std::vector<Scenario>{{"another's session",
                                             "DELETE /api/auth/sessions/" + id,
                                             "",
                                             404,
                                             "auth.session_not_found",
                                             {},
                                             eve.token}});
  EXPECT_EQ(code_of_me(backend, elsewhere), "ok");

  EXPECT_EQ(backend.as(ada, Method::remove, "/api/auth/sessions/" + id).status, 204);
  EXPECT_EQ(code_of_me(backend, elsewhere), "auth.token_revoked");
  EXPECT_EQ(code_of_me(backend, ada), "ok");
  EXPECT_EQ(backend.as(ada, Method::remove, "/api/auth/sessions/" + id).status, 404);
}

TEST(Sessions, OneBeyondTheirNumberEndsTheOneThatWasUsedLongestAgo) {
  TestBackend backend;
  const Person first = backend.person("ada");
  const Person second = backend.sign_in(first.email);
  backend.clock().advance(std::chrono::minutes{1});
  const Person kept = refreshed(backend, first);
  for (int more = 3; more <= 50; ++more) (void)backend.sign_in(first.email);
  EXPECT_EQ(code_of_me(backend, second), "ok");
  const Person last = backend.sign_in(first.email);
  EXPECT_EQ(code_of_me(backend, second), "auth.token_revoked");
  EXPECT_EQ(code_of_me(backend, kept), "ok");
  EXPECT_EQ(code_of_me(backend, last), "ok");
  EXPECT_EQ(backend.as(last, Method::get, "/api/auth/sessions").at("/pagination/total"), "50");
}

TEST(Sessions, ThatExpiredAreNotListed) {
  TestBackend backend;
  (void)backend.person("ada");
  backend.clock().advance(std::chrono::hours{7 * 24});
  const Person ada = backend.sign_in("ada@example.com");
  EXPECT_EQ(backend.as(ada, Method::get, "/api/auth/sessions").at("/pagination/total"), "1");
}

}  // namespace
}  // namespace ashlar::test
