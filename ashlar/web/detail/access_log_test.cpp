// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/access_log.hpp"

#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::web {
namespace {

using detail::TestApp;
using testing::HasSubstr;
using testing::Not;

struct Thing {
  std::string name;
};
ASHLAR_DESCRIBE(Thing, name)
Result<Thing> get_thing(api::Call&) { return Thing{"lamp"}; }

void mount(Routes& routes) { routes.get("/thing", get_thing).open(); }

TEST(AccessLog, HasNoSecretOfTheQuery) {
  std::string buffer;
  EXPECT_EQ(redact_target("/a", buffer), "/a");
  EXPECT_EQ(redact_target("/a?page=2&search=x%20y", buffer), "/a?page=2&search=x%20y");
  EXPECT_EQ(redact_target("/a?token=x", buffer), "/a?token=[redacted]");
  EXPECT_EQ(redact_target("/a?page=2&access_token=x&b=1", buffer), "/a?page=2&access_token=[redacted]&b=1");
  for (const std::string name :
       {"accessToken", "refreshToken", "TOKEN", "password", "newPassword", "client_secret", "apiKey", "api_key", "code",
        "state", "sig", "X-Signature", "%74oken", "auth", "Session", "sessionId", "pwd", "pass", "ticket"})
    EXPECT_EQ(redact_target("/a?" + name + "=x1y2", buffer), "/a?" + name + "=[redacted]");
  for (const std::string name : {"author", "pass_count", "keyword", "codes"})
    EXPECT_EQ(redact_target("/a?" + name + "=x1y2", buffer), "/a?" + name + "=x1y2");
}

TEST(AccessLog, HasNoSecretOfThePath) {
  std::string buffer;
  for (const std::string secret :
       {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "ash_9fK2mQ7xT1bV8nC4zR6w", "dGhpcyBpcyBhIHNlY3JldCAx"}) {
    EXPECT_EQ(redact_target("/reset/" + secret, buffer), "/reset/[redacted]");
    EXPECT_EQ(redact_target("/reset/" + secret + "/done?page=2&auth=x", buffer),
              "/reset/[redacted]/done?page=2&auth=[redacted]");
    EXPECT_EQ(redact_target(secret, buffer), "[redacted]");
  }
  for (const std::string path :
       {"/", "/api/users/01234567-89ab-7def-8123-456789abcdef/role", "/docs/assets/swagger-ui-bundle.js",
        "/a/very-long-name-of-a-page-without-digits", "/posts/ten-things-to-know-in-2026",
        "/assets/index-BfGhj12kLmN0pQrS.js", "/1234567890/1234567890/1234567890/123456"})
    EXPECT_EQ(redact_target(path, buffer), path);
}

TEST(AccessLog, RefusalsHaveNoSecretOfThePathEither) {
  TestApp app([](Routes& routes) {
    struct Reset {
      static Task<Result<>> page(api::Call&, http::Request&, http::Response&) { co_return Result<>{}; }
    };
    routes.raw(http::Method::get, "/reset/{token}", &Reset::page).set_guard(api::signed_in());
  });
  EXPECT_EQ(app->get("/reset/0f1e2d3c4b5a69788796a5b4c3d2e1f0").status, 401);
  const std::string lines = app.log_lines();
  EXPECT_THAT(lines, HasSubstr(R"("target":"/reset/[redacted]")"));
  EXPECT_THAT(lines, Not(HasSubstr("0f1e2d3c")));
}

TEST(AccessLog, HasTheCallerTheTargetAndTheOutcome) {
  TestApp app(mount);
  app.client().use_bearer(app.token_of("user"));
  app->send(
      {http::Method::get, "/thing?token=secret1", {{"X-Request-Id", "r-7"}, {"Cookie", "accessToken=secret2"}}, {}});
  const std::string lines = app.log_lines();
  for (const std::string part :
       {R"("message":"request")", R"("method":"GET")", R"("url":"/thing?token=[redacted]")", R"("host":"localhost")",
        R"("address":"127.0.0.1")", R"("status":422)", R"("durationMs":0)", R"("requestId":"r-7")"})
    EXPECT_THAT(lines, HasSubstr(part));
  EXPECT_THAT(lines, HasSubstr("\"userId\":\"" + TestApp::user_id.to_string() + '"'));
  EXPECT_THAT(lines, Not(HasSubstr("secret1")));
  EXPECT_THAT(lines, Not(HasSubstr("secret2")));
  EXPECT_EQ(std::ranges::count(lines, '\n'), 1) << "one line a request";
}

TEST(AccessLog, ALineThatStandsForOthersHasTheirNumber) {
  AppOptions options;
  options.access_log_one_in = 4;
  TestApp app(mount, options);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(app->get("/thing").status, 200);
  EXPECT_EQ(app->get("/nothing").status, 404);
  const std::string lines = app.log_lines();
  EXPECT_THAT(lines, HasSubstr("\"oneIn\":4"));
  EXPECT_THAT(lines, HasSubstr("\"status\":404"));
  EXPECT_LT(std::ranges::count(lines, '\n'), 60);
  options.access_log_one_in = 0;
  EXPECT_THROW(TestApp(mount, options), std::logic_error);
}

TEST(AccessLog, IsSilentWhereTheOptionSaysSo) {
  AppOptions options;
  options.access_log = AppOptions::AccessLog::off;
  TestApp app(mount, options);
  EXPECT_EQ(app->get("/thing").status, 200);
  EXPECT_EQ(app.log_lines(), "");
}

}  // namespace
}  // namespace ashlar::web
