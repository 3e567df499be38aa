// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/csrf.hpp"

#include "ashlar/web/credential_cookies.hpp"
#include "ashlar/web/detail/test_app.hpp"

#include <gtest/gtest.h>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;
using detail::TestApp;
using Headers = std::vector<std::pair<std::string, std::string>>;

struct Done {
  std::string kept;
};
ASHLAR_DESCRIBE(Done, kept)
struct Act {
  std::optional<std::string> refresh_token;
};
ASHLAR_DESCRIBE(Act, refresh_token)
Result<Done> act(api::Call&, Act in) { return Done{in.refresh_token.value_or("")}; }

const CsrfTokens tokens{{.keys = {std::string(32, 'k')}}};

struct CsrfTest : testing::Test {
  static void mount(Routes& routes) {
    routes.get("/acts", act).signed_in();
    routes.post("/acts", act).signed_in();
    routes.remove("/acts", act).signed_in();
    routes.post("/refresh", act).open().from_cookie("refreshToken", &Act::refresh_token);
    routes.post("/login", act).open().csrf(CsrfCheck::always);
    routes.post("/hook", act).signed_in().csrf(CsrfCheck::never);
    mount_csrf_token(routes, "/csrf", tokens);
  }
  static AppOptions options(CsrfOptions::Unmarked unmarked = CsrfOptions::Unmarked::passes) {
    AppOptions out;
    out.cors = {.origins = {"https://shop.example"}, .credentials = CorsOptions::Credentials::yes};
    out.csrf = {.trusted_origins = {"https://admin.example"}, .unmarked = unmarked, .tokens = &tokens};
    return out;
  }
  TestApp app{mount, options()};

  TestReply send(std::string target, Headers headers, http::Method method = http::Method::post) {
    return app->send({.method = method, .target = std::move(target), .headers = std::move(headers), .body = {}});
  }
  std::string access() { return "accessToken=" + app.token_of("user"); }
};

TEST_F(CsrfTest, PagesOfOtherSitesAreRefusedWhereACookieCounts) {
  const Headers strangers[] = {
      {{"Sec-Fetch-Site", "cross-site"}},
      {{"Sec-Fetch-Site", "same-site"}},
      {{"Sec-Fetch-Site", "SAME-ORIGIN"}},
      {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-origin"}},
      {{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://localhost"}},
      {{"Origin", "https://evil.example"}},
      {{"Origin", "null"}},
      {{"Origin", ""}},
      {{"Origin", "http://localhost.evil.example"}},
      {{"Origin", "http://localhost"}, {"Origin", "https://evil.example"}},
      {{"Origin", "https://evil.example"}, {"X-CSRF-Token", "made-up"}},
  };
  for (Headers stranger : strangers) {
    const std::string what = stranger.back().first + ": " + stranger.back().second;
    stranger.emplace_back("Cookie", access());
    for (const auto method : {http::Method::post, http::Method::remove}) {
      const auto reply = send("/acts", stranger, method);
      EXPECT_EQ(reply.status, 403) << what;
      EXPECT_EQ(reply.at("/code"), "csrf.refused") << what;
    }
    EXPECT_EQ(send("/acts", stranger, http::Method::get).status, 200) << "reading is safe: " << what;
    EXPECT_EQ(send("/hook", stranger).status, 200) << "the line says never: " << what;
    stranger.back().second = "refreshToken=abc";
    EXPECT_EQ(send("/refresh", stranger).status, 403) << what;
    stranger.pop_back();
    EXPECT_EQ(send("/login", stranger).status, 403) << "the line says always: " << what;
    EXPECT_EQ(send("/refresh", stranger).status, 200) << "no cookie, nothing to lose: " << what;
    stranger.emplace_back("Authorization", "Bearer " + app.token_of("user"));
    EXPECT_EQ(send("/acts", stranger).status, 200) << "a token that no browser sends by itself: " << what;
  }
}

TEST_F(CsrfTest, OwnPagesTrustedOnesAndOtherProgramsPass) {
  const Headers friends[] = {
      {},  // curl, an app, another server
      {{"Sec-Fetch-Site", "same-origin"}, {"Origin", "http://localhost"}},
      {{"Sec-Fetch-Site", "none"}},
      {{"Origin", "http://localhost"}},
      {{"Origin", "https://localhost"}},  // TLS ends in front of us
      {{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://admin.example"}},
      {{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://shop.example"}},  // by CORS, with credentials
  };
  for (Headers one : friends) {
    const std::string what = one.empty() ? "nothing" : one.back().first + ": " + one.back().second;
    EXPECT_EQ(send("/login", one).status, 200) << what;
    one.emplace_back("Cookie", access() + "; refreshToken=abc");
    EXPECT_EQ(send("/acts", one).status, 200) << what;
    EXPECT_EQ(send("/refresh", one).at("/data/kept"), "abc") << what;
  }
}

TEST_F(CsrfTest, AnAnonymousCallerGetsNotSignedInFirst) {
  EXPECT_EQ(send("/acts", {{"Origin", "https://evil.example"}}).status, 401);
}

struct CsrfTokenTest : CsrfTest {
  TestApp strict{mount, options(CsrfOptions::Unmarked::needs_token)};
  TestReply act_with(Headers headers, const std::string& cookie) {
    headers.emplace_back("Cookie", "accessToken=" + strict.token_of("user") + "; __Host-csrf=" + cookie);
    return strict->send({.method = http::Method::post, .target = "/acts", .headers = std::move(headers), .body = {}});
  }
  std::string token() {
    const auto reply = strict->send({.method = http::Method::get,
                                     .target = "/csrf",
                                     .headers = {{"Cookie", "accessToken=" + strict.token_of("user")}},
                                     .body = {}});
    EXPECT_EQ(reply.header("Cache-Control"), "no-store");
    EXPECT_EQ(reply.header("Set-Cookie"),
              "__Host-csrf=" + reply.at("/data/token") + "; Path=/; Max-Age=43200; HttpOnly; Secure; SameSite=Strict");
    return reply.at("/data/token");
  }
};

TEST_F(CsrfTokenTest, IsNeededWhereWhatIsUnmarkedNeedsOne) {
  const std::string good = token();
  EXPECT_EQ(act_with({}, good).status, 403) << "only the cookie, which a browser sends by itself";
  EXPECT_EQ(act_with({{"X-CSRF-Token", good}}, "").status, 403) << "only the field";
  EXPECT_EQ(act_with({{"X-CSRF-Token", good}, {"X-CSRF-Token", good}}, good).status, 403) << "twice";
  EXPECT_EQ(act_with({{"X-CSRF-Token", "x.1..y"}}, "x.1..y").status, 403) << "the same in both, but not ours";
  auth::Principal other;
  other.session = TestApp::other_id;
  const std::string others = tokens.issue(&other, strict.clock.now(), strict.random);
  EXPECT_EQ(act_with({{"X-CSRF-Token", others}}, others).status, 403) << "of another session";
  EXPECT_EQ(act_with({{"X-CSRF-Token", good}}, good).status, 200);
  EXPECT_EQ(act_with({{"X-CSRF-Token", good}, {"Origin", "https://evil.example"}}, good).status, 200);
  strict.clock.advance(13h);
  EXPECT_EQ(act_with({{"X-CSRF-Token", good}}, good).status, 403) << "too old";
}

TEST(Csrf, UnsatisfiableOptionsAreRefusedAtStart) {
  AppOptions options;
  options.csrf.unmarked = CsrfOptions::Unmarked::needs_token;
  EXPECT_THROW(TestApp([](Routes&) {}, options), std::logic_error);
}

}  // namespace
}  // namespace ashlar::web
