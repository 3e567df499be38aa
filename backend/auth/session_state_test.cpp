// SPDX-License-Identifier: Apache-2.0
// How long sessions last, what ends them, and for how long their access tokens stay refused.
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;
using namespace std::chrono_literals;

std::string body_of(const std::string& token) { return R"({"refreshToken": ")" + token + R"("})"; }
std::string code_of(const web::TestReply& reply) { return reply.status < 400 ? "ok" : reply.at("/code"); }

std::string refresh(web::TestClient& client, Person& person) {
  const auto reply = client.post("/api/auth/refresh", body_of(person.refresh_token));
  if (reply.status != 200) return reply.at("/code");
  person.token = reply.at("/data/accessToken");
  person.refresh_token = reply.at("/data/refreshToken");
  return "ok";
}
std::string code_of_me(web::TestClient& client, const Person& person) {
  return code_of(client.send({.method = Method::get,
                              .target = "/api/users/me",
                              .headers = {{"Authorization", "Bearer " + person.token}},
                              .body = {}}));
}

web::TestReply sign_in_with_cookie(TestBackend& backend, const std::string& path, const std::string& body,
                                   const std::string& cookie) {
  return backend.client().send(
      {.method = Method::post, .target = path, .headers = {{"Cookie", "refreshToken=" + cookie}}, .body = body});
}

constexpr const char* as_ada = R"({"email": "ada@example.com", "password": "a long password"})";

TEST(SessionState, EndsWhenItWasIdleForTooLong) {
  TestBackend backend;
  auto& client = backend.new_client(
      backend.new_instance([](backend::Settings& settings) { settings.sessions.limits.idle_max = 1h; }));
  Person ada = backend.person("ada");  // with the week of the first instance
  backend.clock().advance(1h - 1s);
  EXPECT_EQ(refresh(client, ada), "ok");
  backend.clock().advance(1h - 1s);
  EXPECT_EQ(refresh(client, ada), "ok") << "a refresh is a use";
  Person later = ada;
  ASSERT_EQ(refresh(backend.client(), later), "ok") << "with a token that lasts a week";
  backend.clock().advance(1h);
  EXPECT_EQ(refresh(client, later), "auth.token_expired");
  EXPECT_EQ(refresh(backend.client(), later), "auth.token_revoked") << "it is gone";
}

TEST(SessionState, EndsAfterItsWholeLifetimeAndSoDoItsAccessTokens) {
  TestBackend backend;
  backend::Application& instance =
      backend.new_instance([](backend::Settings& settings) { settings.sessions.limits.lifetime_max = 25h; });
  auto& client = backend.new_client(instance);
  Person ada = backend.person("ada");
  for (int i = 0; i < 2; ++i) {
    backend.clock().advance(12h);
    ASSERT_EQ(refresh(client, ada), "ok");
  }
  backend.clock().advance(55min);
  ASSERT_EQ(refresh(client, ada), "ok");
  EXPECT_EQ(code_of_me(client, ada), "ok");
  backend.clock().advance(5min);
  EXPECT_EQ(code_of_me(client, ada), "auth.token_expired") << "ten minutes before its time";
  EXPECT_EQ(refresh(client, ada), "auth.token_expired");
  EXPECT_EQ(backend.client().get("/api/auth/sessions").status, 401);
}

// The answer to an account with a session that is over and one that is not.
web::TestReply answer_after_idle_session(const std::string& path) {
  TestBackend backend;
  auto& client = backend.new_client(
      backend.new_instance([](backend::Settings& settings) { settings.sessions.limits.idle_max = 1h; }));
  (void)backend.person("ada");
  backend.clock().advance(1h);
  const Person again = backend.sign_in("ada@example.com");
  return client.send(
      {.method = Method::get, .target = path, .headers = {{"Authorization", "Bearer " + again.token}}, .body = {}});
}

TEST(SessionState, ThatIsOverIsNotListed) {
  EXPECT_EQ(answer_after_idle_session("/api/auth/sessions").at("/pagination/total"), "1");
}

TEST(SessionState, ThatIsOverIsNotExported) {
  const auto mine = answer_after_idle_session("/api/users/me/export");
  EXPECT_TRUE(mine.has("/data/sessions/0/id")) << mine.body;
  EXPECT_FALSE(mine.has("/data/sessions/1/id"));
}

// Sessions that were used in the same millisecond: the one that is just opened is not the one that ends.
TEST(SessionState, TheOneThatWasJustOpenedStays) {
  TestBackend backend([](backend::Settings& settings) { settings.sessions.per_user_max = 2; });
  (void)backend.person("ada");
  for (int i = 0; i < 20; ++i) {
    const Person ada = backend.sign_in("ada@example.com");
    ASSERT_EQ(code_of_me(backend.client(), ada), "ok") << i;
    EXPECT_EQ(backend.as(ada, Method::get, "/api/auth/sessions").at("/pagination/total"), "2");
  }
}

// A token of an hour, revoked by an instance whose tokens last a minute, stays revoked for the hour.
TEST(SessionState, ARevocationLastsAsLongAsTheTokensOfTheSession) {
  TestBackend backend;
  backend::Application& generous =
      backend.new_instance([](backend::Settings& settings) { settings.tokens.access_lifetime = 1h; });
  auto& client = backend.new_client(generous);
  (void)backend.person("ada");
  const auto signed_in = client.post("/api/auth/login", as_ada);
  const Person ada{.id = {},
                   .email = {},
                   .token = signed_in.at("/data/accessToken"),
                   .refresh_token = signed_in.at("/data/refreshToken")};
  const auto strict = [](backend::Settings& settings) { settings.tokens.access_lifetime = 1min; };
  auto& logout = backend.new_client(backend.new_instance(strict));
  ASSERT_EQ(logout.post("/api/auth/logout", body_of(ada.refresh_token)).status, 204);
  backend.clock().advance(59min);
  auto& restarted = backend.new_client(backend.new_instance(strict));
  EXPECT_EQ(code_of_me(restarted, ada), "auth.token_revoked");
  backend.clock().advance(1min);
  EXPECT_EQ(code_of_me(restarted, ada), "auth.token_expired");
}

// A refresh by an instance with longer tokens counts, too.
TEST(SessionState, ARevocationCountsTheTokensOfRefreshesAndOfStepUps) {
  for (const std::string path : {"/api/auth/refresh", "/api/auth/step-up"}) {
    SCOPED_TRACE(path);
    TestBackend backend;
    auto& generous = backend.new_client(
        backend.new_instance([](backend::Settings& settings) { settings.tokens.access_lifetime = 1h; }));
    Person ada = backend.person("ada");
    const auto longer = generous.send(
        {.method = Method::post,
         .target = path,
         .headers = {{"Authorization", "Bearer " + ada.token}},
         .body = path.ends_with("refresh") ? body_of(ada.refresh_token) : R"({"password": "a long password"})"});
    ASSERT_EQ(longer.at("/data/expiresIn"), "3600") << longer.body;
    ASSERT_EQ(backend.as(ada, Method::post, "/api/auth/logout").status, 204);
    ada.token = longer.at("/data/accessToken");
    backend.clock().advance(59min);
    backend.restart();
    EXPECT_EQ(code_of_me(backend.client(), ada), "auth.token_revoked");
  }
}

TEST(SessionState, SigningInAgainEndsTheSessionOfTheCookie) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person elsewhere = backend.sign_in(ada.email);
  const auto again = sign_in_with_cookie(backend, "/api/auth/login", as_ada, ada.refresh_token);
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(code_of_me(backend.client(), ada), "auth.token_revoked");
  EXPECT_EQ(code_of_me(backend.client(), elsewhere), "ok");

  const auto registered = sign_in_with_cookie(
      backend, "/api/auth/register", R"({"name": "Eve", "email": "eve@example.com", "password": "a long password"})",
      elsewhere.refresh_token);
  ASSERT_EQ(registered.status, 201) << registered.body;
  EXPECT_EQ(code_of_me(backend.client(), elsewhere), "auth.token_revoked") << "also when another account signs in";
}

TEST(SessionState, ASignInThatFailsEndsNothingAndABadCookieStopsNone) {
  TestBackend backend;
  Person ada = backend.person("ada");
  EXPECT_EQ(sign_in_with_cookie(backend, "/api/auth/login", R"({"email": "ada@example.com", "password": "no"})",
                                ada.refresh_token)
                .status,
            401);
  EXPECT_EQ(code_of_me(backend.client(), ada), "ok");
  EXPECT_EQ(sign_in_with_cookie(backend, "/api/auth/login", as_ada, "gibberish").status, 200);
  EXPECT_EQ(sign_in_with_cookie(backend, "/api/auth/login", as_ada, ada.token).status, 200);
  EXPECT_EQ(refresh(backend.client(), ada), "ok");
}

TEST(DisabledAccount, Refuses) {
  TestBackend backend;
  const Person admin = backend.admin();
  const std::string me = "PATCH /api/users/" + admin.id;
  expect_refusals(backend.client(),
                  {{"text", me, R"({"disabled": "yes"})", 422, "request.invalid", {"/disabled type"}, admin.token},
                   {"null", me, R"({"disabled": null})", 422, "request.invalid", {"/disabled null"}, admin.token},
                   {"the last admin", me, R"({"disabled": true})", 409, "user.last_admin", {}, admin.token}});
  const Person second = backend.person("second");
  const std::string path = "/api/users/" + second.id;
  ASSERT_EQ(backend.as(admin, Method::patch, path, R"({"role": "admin", "disabled": true})").status, 200);
  expect_refusals(
      backend.client(),
      {{"the last one that is enabled", me, R"({"disabled": true})", 409, "user.last_admin", {}, admin.token},
       {"its role", me, R"({"role": "user"})", 409, "user.last_admin", {}, admin.token}});
}

TEST(DisabledAccount, LosesItsSessionsAndSignsInAgainWhenItIsEnabled) {
  TestBackend backend;
  const Person admin = backend.admin();
  Person ada = backend.person("ada");
  const std::string path = "/api/users/" + ada.id;
  EXPECT_FALSE(backend.as(admin, Method::get, path).has("/data/disabledAt"));
  backend.clock().advance(1min);
  auto changed = backend.as(admin, Method::patch, path, R"({"disabled": true})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.at("/data/disabledAt"), "2026-05-04T08:31:00.000Z");
  backend.clock().advance(1min);
  EXPECT_EQ(backend.as(admin, Method::patch, path, R"({"disabled": true})").at("/data/disabledAt"),
            "2026-05-04T08:31:00.000Z")
      << "since when stays";
  EXPECT_EQ(code_of_me(backend.client(), ada), "auth.token_revoked");
  EXPECT_EQ(refresh(backend.client(), ada), "auth.token_revoked");

  const auto refused = backend.client().post("/api/auth/login", as_ada);
  const auto wrong = backend.client().post("/api/auth/login", R"({"email": "ada@example.com", "password": "wrong"})");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.at("/code"), "auth.invalid_credentials");
  EXPECT_EQ(refused.at("/detail"), wrong.at("/detail")) << "it tells nobody that the account is there";

  changed = backend.as(admin, Method::patch, path, R"({"disabled": false})");
  EXPECT_FALSE(changed.has("/data/disabledAt"));
  EXPECT_EQ(code_of_me(backend.client(), ada), "auth.token_revoked") << "what has ended stays ended";
  EXPECT_EQ(code_of_me(backend.client(), backend.sign_in(ada.email)), "ok");
}

// The row says it even where the sessions were not ended with it.
TEST(DisabledAccount, AndOneWithOtherCredentialsIsNotRefreshed) {
  for (const std::string change : {"credentials_version = credentials_version + 1", "disabled_at = updated_at"}) {
    SCOPED_TRACE(change);
    TestBackend backend;
    Person ada = backend.person("ada");
    ASSERT_TRUE(backend.database().query_blocking(
        {.sql = "update users set " + change, .parameters = {}, .mode = sql::Mode::write, .on_row = {}}));
    EXPECT_EQ(refresh(backend.client(), ada), "auth.token_revoked");
    EXPECT_EQ(code_of_me(backend.client(), ada), "auth.token_revoked");
  }
}

// A sign-in holds the account's row until its session is there: either it is refused, or its session has ended.
TEST(DisabledAccount, HasNoSessionHoweverASignInCrosses) {
  for (int round = 0; round < 5; ++round) {
    TestBackend backend;
    const Person admin = backend.admin();
    const Person ada = backend.person("ada");
    std::vector<web::TestRequest> requests(
        4, {.method = Method::post, .target = "/api/auth/login", .headers = {}, .body = as_ada});
    requests.push_back({.method = Method::patch,
                        .target = "/api/users/" + ada.id,
                        .headers = {{"Authorization", "Bearer " + admin.token}},
                        .body = R"({"disabled": true})"});
    (void)backend.at_once(requests);
    std::int64_t left = -1;
    ASSERT_TRUE(backend.database().query_blocking({.sql = "select count(*) from sessions where user_id = $1",
                                                   .parameters = {Uuid::parse(ada.id).value()},
                                                   .mode = sql::Mode::read,
                                                   .on_row = [&left](const sql::Row& row) { left = row.integer(0); }}));
    EXPECT_EQ(left, 0);
  }
}

}  // namespace
}  // namespace ashlar::test
