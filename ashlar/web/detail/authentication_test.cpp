// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/authentication.hpp"

#include "ashlar/web/credential_cookies.hpp"
#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::web {
namespace {

using detail::TestApp;
using http::Method;
using testing::HasSubstr;
using testing::Not;

struct Who {
  std::string name;
  std::string kept;
};
ASHLAR_DESCRIBE(Who, name, kept)
struct Kept {
  std::optional<Text<1, 100>> refresh_token;
};
ASHLAR_DESCRIBE(Kept, refresh_token)
struct Owned {
  Uuid id;
  Uuid user_id;
};
ASHLAR_DESCRIBE(Owned, id, user_id)
struct ById {
  Uuid id;
};
ASHLAR_DESCRIBE(ById, id)
struct Calls {
  int operations = 0;
};
constexpr ErrorCode owned_not_found{ErrorKind::not_found, "owned.not_found"};

Result<Who> who(api::Call& call, Kept in) {
  return Who{call.principal() ? call.principal()->role : "nobody", in.refresh_token ? in.refresh_token->str() : ""};
}
Result<Owned> get_owned(api::Call&, ById in) { return Owned{in.id, TestApp::user_id}; }
Result<> drop_owned(api::Call&, ById, Calls& calls) {
  ++calls.operations;
  return {};
}
Task<Result<Uuid>> owner_of(api::Call&, Uuid id, Calls&) {
  if (id == TestApp::session_id) co_return fail(owned_not_found, "There is no such thing.");
  co_return TestApp::user_id;
}
api::Credentials credentials(const api::Call& call) {
  return {"access", "refresh", call.now() + std::chrono::minutes(15), call.now() + std::chrono::hours(1)};
}
Result<api::WithCredentials<Who>> sign_in(api::Call& call) {
  return api::WithCredentials<Who>{.reply = {}, .credentials = credentials(call)};
}
Result<api::WithCredentials<>> sign_out(api::Call&) { return api::WithCredentials<>{}; }
Result<api::WithCredentials<Who>> sign_in_badly(api::Call&) { return fail(auth::errors::forbidden, "No."); }

const std::string mine = "/owned/" + TestApp::other_id.to_string();

struct Mounted {
  Calls& calls;
  void operator()(Routes& routes) const {
    routes.get("/open", who).open().from_cookie("refreshToken", &Kept::refresh_token);
    routes.get("/signed-in", who).signed_in();
    routes.get("/role", who).role("editor", "author");
    routes.get("/permission", who).permission("create:thing");
    routes.get("/owned/{id}", get_owned).owner(&Owned::user_id);
    routes.remove("/owned/{id}", drop_owned, calls).owner(owner_of, calls);
    routes.post("/in", sign_in).open();
    routes.post("/out", sign_out).open();
    routes.post("/in-badly", sign_in_badly).open();
  }
};

struct Authentication : testing::Test {
  Calls calls;
  TestApp app{Mounted{calls}};
  TestReply get(std::string target, std::vector<std::pair<std::string, std::string>> headers) {
    return app->send({Method::get, std::move(target), std::move(headers), {}});
  }
};

TEST_F(Authentication, AsksACallerWithoutATokenToSignIn) {
  for (const std::string& target :
       {std::string("/signed-in"), std::string("/role"), std::string("/permission"), mine}) {
    const auto reply = app->get(target);
    EXPECT_EQ(reply.status, 401) << target;
    EXPECT_EQ(reply.at("/code"), "auth.not_signed_in");
    EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer");
  }
  EXPECT_EQ(app->get("/signed-in?access_token=" + app.token_of("user")).status, 401) << "never from the query";
}

TEST_F(Authentication, RefusesInvalidTokens) {
  const std::string token = app.token_of("user");
  const std::vector<std::vector<std::pair<std::string, std::string>>> cases = {
      {{"Authorization", "Bearer"}},
      {{"Authorization", "Bearer "}},
      {{"Authorization", ""}},
      {{"Authorization", token}},
      {{"Authorization", "Basic " + token}},
      {{"Authorization", "Bearer " + token + " x"}},
      {{"Authorization", "Bearer " + token + ", Bearer " + token}},
      {{"Authorization", "Bearer " + token + "x"}},
      {{"Authorization", "Bearer " + token}, {"Authorization", "Bearer " + token}},
      {{"Authorization", "Basic eDp5"}, {"Cookie", "accessToken=" + token}},
      {{"Cookie", "accessToken=x"}},
      {{"X-Access-Token", "x.y.z"}},
      {{"Authorization", "Bearer " + app.tokens.issue_refresh(TestApp::user_id, TestApp::session_id).token}},
  };
  for (const auto& headers : cases) {
    const auto reply = get("/signed-in", headers);
    EXPECT_EQ(reply.status, 401) << headers[0].second;
    EXPECT_EQ(reply.at("/code"), "auth.token_invalid") << headers[0].second;
    EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
    EXPECT_EQ(get("/open", headers).at("/data/name"), "nobody") << "an open route ignores it";
  }
}

TEST_F(Authentication, RefusesTokensThatExpiredOrWereRevoked) {
  const std::string token = app.token_of("user");
  app.client().use_bearer(token);
  EXPECT_EQ(app->get("/signed-in").status, 200);
  app.revocations.revoke_session(TestApp::session_id, app.clock.now() + std::chrono::hours(1));
  EXPECT_EQ(app->get("/signed-in").at("/code"), "auth.token_revoked");
  app.clock.advance(std::chrono::minutes(16));
  EXPECT_EQ(app->get("/signed-in").at("/code"), "auth.token_expired");
}

TEST_F(Authentication, TakesATokenFromTheHeaderTheCookieOrXAccessTokenInThisOrder) {
  const std::string user = app.token_of("user"), editor = app.token_of("editor"), admin = app.token_of("admin");
  using Headers = std::vector<std::pair<std::string, std::string>>;
  const std::vector<std::pair<Headers, std::string>> cases = {
      {{{"Authorization", "Bearer " + user}}, "user"},
      {{{"authorization", "bEARER  " + user}}, "user"},
      {{{"Cookie", "a=b; accessToken=" + editor + "; c=d"}}, "editor"},
      {{{"Cookie", "a=b"}, {"Cookie", "accessToken=" + editor}}, "editor"},
      {{{"X-Access-Token", admin}}, "admin"},
      {{{"X-Access-Token", admin}, {"Cookie", "accessToken=" + editor}, {"Authorization", "Bearer " + user}}, "user"},
      {{{"X-Access-Token", admin}, {"Cookie", "accessToken=" + editor}}, "editor"},
      {{{"Cookie", "AccessToken=" + editor}}, "nobody"},
      {{{"Cookie", "xaccessToken=" + editor}}, "nobody"},
  };
  for (const auto& [headers, role] : cases) EXPECT_EQ(get("/open", headers).at("/data/name"), role) << headers[0].first;
}

TEST_F(Authentication, RequiresARoleOrAPermission) {
  const auto status = [&](std::string target, std::string token) {
    app.client().use_bearer(std::move(token));
    return app->get(std::move(target)).status;
  };
  EXPECT_EQ(status("/role", app.token_of("user", {"editor"})), 403);
  EXPECT_EQ(status("/permission", app.token_of("editor", {"create:things", "create"})), 403);
  EXPECT_EQ(status("/role", app.token_of("author")), 200);
  EXPECT_EQ(status("/permission", app.token_of("user", {"x", "create:thing"})), 200);
  EXPECT_EQ(status("/role", app.token_of("admin")), 403) << "no role is special";
  EXPECT_EQ(status("/role", app.token_of("admin", {"*"})), 200);
  EXPECT_EQ(status("/permission", app.token_of("admin", {"*"})), 200);

  app.client().use_bearer(app.token_of("user"));
  const auto refused = app->get("/role");
  EXPECT_EQ(refused.at("/code"), "auth.forbidden");
  EXPECT_THAT(refused.body, Not(HasSubstr("editor"))) << "what is required is the log's business";
  EXPECT_THAT(app.log_lines(), HasSubstr("role editor or author"));
  EXPECT_THAT(app.log_lines(), HasSubstr("\"warn\""));
}

TEST_F(Authentication, KeepsWhatIsOwnedFromOthers) {
  app.client().use_bearer(app.token_of("user", {}, TestApp::other_id));
  EXPECT_EQ(app->get(mine).status, 403);
  EXPECT_THAT(app->get(mine).body, Not(HasSubstr(TestApp::user_id.to_string())));
  EXPECT_EQ(app->remove(mine).status, 403);
  EXPECT_EQ(calls.operations, 0) << "the owner is looked up before the operation runs";
  EXPECT_EQ(app->remove("/owned/" + TestApp::session_id.to_string()).status, 404);
  EXPECT_EQ(app->remove("/owned/x").status, 422);

  for (const auto& token : {app.token_of("user"), app.token_of("admin", {"*"}, TestApp::other_id)}) {
    app.client().use_bearer(token);
    EXPECT_EQ(app->get(mine).status, 200);
    EXPECT_EQ(app->remove(mine).status, 204);
  }
  EXPECT_EQ(calls.operations, 2);
}

TEST_F(Authentication, KeepsCredentialsInCookiesThatScriptsCannotRead) {
  const auto reply = app->post("/in", {});
  std::vector<std::string> cookies;
  for (const auto& [name, value] : reply.headers)
    if (name == "Set-Cookie") cookies.push_back(value);
  EXPECT_THAT(cookies, testing::ElementsAre("accessToken=access; Path=/; Max-Age=900; HttpOnly; SameSite=Strict",
                                            "refreshToken=refresh; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict"));
  EXPECT_EQ(reply.header("Cache-Control"), "no-store");
  EXPECT_EQ(get("/open", {{"Cookie", "refreshToken=r1; x=y"}}).at("/data/kept"), "r1");
  EXPECT_EQ(get("/open?refreshToken=q1", {{"Cookie", "refreshToken=r1"}}).at("/data/kept"), "q1");
  const auto long_one = get("/open", {{"Cookie", "refreshToken=" + std::string(101, 'r')}});
  EXPECT_EQ(long_one.status, 422);
  EXPECT_EQ(long_one.at("/errors/0/path"), "refreshToken");
  EXPECT_EQ(get("/open", {{"Cookie", "refreshTokenX=r1; refreshToken"}}).at("/data/kept"), "");
  EXPECT_EQ(get("/open", {{"Cookie", "refreshToken=\"r1\""}}).at("/data/kept"), "");

  EXPECT_THAT(app->post("/out", {}).header("Set-Cookie"), HasSubstr("accessToken=; Path=/; Max-Age=0"));
  EXPECT_EQ(app->post("/in-badly", {}).header("Set-Cookie"), "") << "a refused request leaves nothing";
}

TEST(CredentialCookies, AreSecureWhereTheOptionSaysSo) {
  Calls calls;
  AppOptions options;
  options.secure_cookies = AppOptions::SecureCookies::yes;
  options.cookies = {.access = "a", .refresh = "r", .refresh_path = "/in"};
  TestApp app(Mounted{calls}, options);
  const auto reply = app->post("/in", {});
  EXPECT_THAT(reply.header("Set-Cookie"), testing::EndsWith("; Secure"));
  EXPECT_THAT(reply.header("Set-Cookie"), testing::StartsWith("__Host-a=access; Path=/;"));
  EXPECT_TRUE(std::ranges::any_of(
      reply.headers, [](const auto& field) { return field.second.starts_with("__Secure-r=refresh; Path=/in;"); }));
}

// Browsers still hold the cookies of before, which have no prefix.
TEST_F(Authentication, ReadsACookieUnderBothOfItsNames) {
  const std::string user = app.token_of("user"), editor = app.token_of("editor");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"__Host-accessToken=" + editor, "editor"},
      {"accessToken=" + user + "; __Host-accessToken=" + editor, "editor"},
      {"__Host-accessToken=" + editor + "; accessToken=x; accessToken=y", "editor"},
      {"__Secure-accessToken=" + editor, "nobody"},  // another host of the domain can set it
      {"__host-accessToken=" + editor, "nobody"},
  };
  for (const auto& [cookie, role] : cases)
    EXPECT_EQ(get("/open", {{"Cookie", cookie}}).at("/data/name"), role) << cookie;
  EXPECT_EQ(get("/open", {{"Cookie", "refreshToken=old; __Host-refreshToken=new"}}).at("/data/kept"), "new");
}

TEST_F(Authentication, RefusesACredentialCookieThatIsThereTwice) {
  const std::string token = app.token_of("user");
  const std::vector<std::vector<std::pair<std::string, std::string>>> cases = {
      {{"Cookie", "accessToken=" + token + "; accessToken=" + token}},
      {{"Cookie", "accessToken=" + token}, {"Cookie", "accessToken=x"}},
      {{"Cookie", "accessToken=; accessToken=" + token}},
      {{"Cookie", "__Host-accessToken=" + token + "; a=b; __Host-accessToken=x"}},
      {{"Cookie", "accessToken=" + token + "; __Host-accessToken=x; __Host-accessToken=y"}},
  };
  for (const auto& headers : cases) {
    const auto reply = get("/signed-in", headers);
    EXPECT_EQ(reply.status, 400) << headers[0].second;
    EXPECT_EQ(reply.at("/code"), "auth.cookie_repeated") << headers[0].second;
    EXPECT_EQ(get("/open", headers).at("/data/name"), "nobody") << "an open route ignores it";
  }
  EXPECT_EQ(get("/open", {{"Cookie", "refreshToken=r1; refreshToken=r2"}}).at("/code"), "auth.cookie_repeated");
  EXPECT_EQ(get("/open?refreshToken=q", {{"Cookie", "refreshToken=r1; refreshToken=r2"}}).at("/data/kept"), "q");
}

TEST(CredentialCookies, ReplaceThoseWithoutAPrefix) {
  Calls calls;
  AppOptions options;
  options.secure_cookies = AppOptions::SecureCookies::yes;
  options.cookies.refresh_path = "/in";
  TestApp app(Mounted{calls}, options);
  const auto set_by = [&](const std::string& path, const std::string& cookie) {
    const auto reply = app->send({Method::post, path, {{"Cookie", cookie}}, {}});
    std::vector<std::string> out;
    for (const auto& [name, value] : reply.headers)
      if (name == "Set-Cookie") out.push_back(value.substr(0, value.find("; HttpOnly")));
    return out;
  };
  EXPECT_THAT(set_by("/in", "refreshToken=old"),
              testing::ElementsAre("__Host-accessToken=access; Path=/; Max-Age=900",
                                   "__Secure-refreshToken=refresh; Path=/in; Max-Age=3600",
                                   "refreshToken=; Path=/in; Max-Age=0"));
  EXPECT_THAT(set_by("/out", "accessToken=old; x=y"),
              testing::ElementsAre("__Host-accessToken=; Path=/; Max-Age=0", "accessToken=; Path=/; Max-Age=0",
                                   "__Secure-refreshToken=; Path=/in; Max-Age=0"));
}

}  // namespace
}  // namespace ashlar::web
