// SPDX-License-Identifier: Apache-2.0
// Routes that ask for a recent sign-in, and how one is made (RFC 9470).
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;
using namespace std::chrono_literals;

constexpr const char* route = "POST /api/auth/step-up";
const std::string good = R"({"password": "a long password"})";

Person stepped_up(TestBackend& backend, Person person) {
  const auto reply = backend.as(person, Method::post, "/api/auth/step-up", good);
  EXPECT_EQ(reply.status, 200) << reply.body;
  person.token = reply.at("/data/accessToken");
  return person;
}

std::string code_of(const web::TestReply& reply) { return reply.status < 400 ? "ok" : reply.at("/code"); }

// A route with .fresh() on its line; it refuses a stale caller before it looks for the account.
std::string code_of_fresh_route(TestBackend& backend, const Person& admin) {
  return code_of(backend.as(admin, Method::remove, "/api/admin/roles/none"));
}
constexpr const char* passed = "role.not_found";

TEST(StepUp, Refuses) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const auto wrong = [&](std::string name, std::string password) {
    return Scenario{
        std::move(name), route, R"({"password": ")" + password + R"("})", 401, "auth.invalid_credentials", {},
        ada.token};
  };
  expect_refusals(
      backend.client(),
      without_a_good_token(route, good, backend.bad_tokens()) + without_a_readable_body(route, good, ada.token) +
          std::vector<Scenario>{
              {"nothing", route, "{}", 422, "request.invalid", {" one_of"}, ada.token},
              {"no password", route, R"({"password": ""})", 422, "request.invalid", {"/password too_short"}, ada.token},
              wrong("a wrong password", "a long passwore"),
              wrong("one that is shorter than can be set", "a"),
              wrong("one that is longer than can be set", std::string(1000, 'p')),
          });
}

TEST(StepUp, GivesAnAccessTokenOfTheSameSessionThatRoutesTakeForFiveMinutes) {
  TestBackend backend;
  Person admin = backend.admin();
  EXPECT_EQ(code_of_fresh_route(backend, admin), passed) << "a sign-in counts";
  backend.clock().advance(5min);
  EXPECT_EQ(code_of_fresh_route(backend, admin), passed) << "up to its last moment";
  backend.clock().advance(1s);
  const auto refused = backend.as(admin, Method::remove, "/api/admin/roles/none");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.at("/code"), "auth.step_up_required");
  EXPECT_EQ(refused.header("WWW-Authenticate"), "Bearer error=\"insufficient_user_authentication\", max_age=300");

  const auto sessions = backend.as(admin, Method::get, "/api/auth/sessions");
  const auto reply = backend.as(admin, Method::post, "/api/auth/step-up", good);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/tokenType"), "Bearer");
  EXPECT_EQ(reply.at("/data/expiresIn"), "900");
  EXPECT_FALSE(reply.has("/data/refreshToken"));
  const Person before = admin;
  admin.token = reply.at("/data/accessToken");
  EXPECT_EQ(code_of_fresh_route(backend, admin), passed);
  EXPECT_EQ(code_of_fresh_route(backend, before), "auth.step_up_required") << "a token says what it said";
  EXPECT_EQ(backend.as(admin, Method::get, "/api/auth/sessions").body, sessions.body) << "it is the same session";
  backend.clock().advance(5min + 1s);
  EXPECT_EQ(code_of_fresh_route(backend, admin), "auth.step_up_required");
}

TEST(StepUp, StoresTheAccessTokenAloneAsACookie) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const auto reply = backend.as(ada, Method::post, "/api/auth/step-up", good);
  std::vector<std::string> cookies;
  for (const auto& [name, value] : reply.headers)
    if (name == "Set-Cookie") cookies.push_back(value);
  EXPECT_THAT(cookies, testing::ElementsAre(testing::StartsWith("accessToken=" + reply.at("/data/accessToken"))));
  EXPECT_EQ(reply.header("Cache-Control"), "no-store");
}

TEST(StepUp, IsKeptByARefreshAndARefreshIsNone) {
  TestBackend backend;
  Person admin = backend.admin();
  const auto refresh = [&] {
    const auto reply =
        backend.client().post("/api/auth/refresh", R"({"refreshToken": ")" + admin.refresh_token + R"("})");
    admin.token = reply.at("/data/accessToken");
    admin.refresh_token = reply.at("/data/refreshToken");
  };
  backend.clock().advance(4min);
  refresh();
  EXPECT_EQ(code_of_fresh_route(backend, admin), passed);
  backend.clock().advance(2min);
  refresh();
  EXPECT_EQ(code_of_fresh_route(backend, admin), "auth.step_up_required") << "a refresh proves nothing";
  admin = stepped_up(backend, admin);
  backend.clock().advance(4min);
  refresh();
  EXPECT_EQ(code_of_fresh_route(backend, admin), passed) << "the session keeps the step-up";
}

TEST(StepUp, OfASessionThatHasEndedIsRefusedAndEndsWithItsSession) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person stepped = stepped_up(backend, ada);
  ASSERT_EQ(backend.as(ada, Method::post, "/api/auth/logout").status, 204);
  EXPECT_EQ(code_of(backend.as(stepped, Method::get, "/api/users/me")), "auth.token_revoked");
  EXPECT_EQ(code_of(backend.as(stepped, Method::post, "/api/auth/step-up", good)), "auth.token_revoked");
}

TEST(StepUp, IsAskedForByGivingARoleAndByDisabling) {
  TestBackend backend;
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  const std::string path = "/api/users/" + ada.id;
  backend.clock().advance(5min + 1s);
  EXPECT_EQ(code_of(backend.as(admin, Method::patch, path, R"({"name": "Countess"})")), "ok");
  for (const std::string change : {R"({"role": "admin"})", R"({"role": "user"})", R"({"disabled": true})"})
    EXPECT_EQ(code_of(backend.as(admin, Method::patch, path, change)), "auth.step_up_required") << change;
  EXPECT_EQ(code_of(backend.as(admin, Method::remove, "/api/admin/roles/none")), "auth.step_up_required");
  EXPECT_EQ(code_of(backend.as(ada, Method::remove, "/api/admin/roles/none")), "auth.forbidden")
      << "stepping up would not help";
  const Person fresh = stepped_up(backend, admin);
  EXPECT_EQ(code_of(backend.as(fresh, Method::patch, path, R"({"role": "admin"})")), "ok");
  EXPECT_EQ(code_of(backend.as(fresh, Method::remove, path)), "ok");
}

TEST(StepUp, IsAskedForByAnotherAddressOfMyOwn) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  backend.clock().advance(5min + 1s);
  EXPECT_EQ(code_of(backend.as(ada, Method::patch, "/api/users/me", R"({"email": "eve@example.com"})")),
            "auth.step_up_required");
  EXPECT_EQ(code_of(backend.as(ada, Method::patch, "/api/users/me", R"({"name": "Countess"})")), "ok");
  const Person fresh = stepped_up(backend, ada);
  EXPECT_EQ(code_of(backend.as(fresh, Method::patch, "/api/users/me", R"({"email": "eve@example.com"})")), "ok");
}

TEST(StepUp, IsDescribed) {
  TestBackend backend;
  const auto description = backend.client().get("/openapi.json");
  const std::string at = "/paths/~1api~1admin~1roles~1{name}/delete";
  EXPECT_EQ(description.at(at + "/x-guard"), "permission manage:role, and sign-in within 300 s");
  EXPECT_THAT(description.at(at + "/responses/401/description"), testing::HasSubstr("auth.step_up_required"));
  EXPECT_THAT(description.at("/paths/~1api~1users~1{id}/patch/responses/401/description"),
              testing::HasSubstr("auth.step_up_required"));
}

}  // namespace
}  // namespace ashlar::test
