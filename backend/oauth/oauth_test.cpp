// SPDX-License-Identifier: Apache-2.0
// Sign-in with a provider as a browser sees it. What an ID token must be is tested in ashlar/oidc/provider_test.cpp.
#include "tests/support/hostile_issuer.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* start = "/api/auth/oauth/test";
constexpr const char* page = "https://app.example/signed-in";

class OauthTest : public testing::Test {
 protected:
  // The issuer's clock is the backend's, which is made after it.
  struct LateClock final : Clock {
    const Clock* of = nullptr;
    [[nodiscard]] Timestamp now() const override { return of->now(); }
    [[nodiscard]] Steady steady() const override { return of->steady(); }
  };

  OauthTest() : backend_([this](backend::Settings& settings) { configure(settings); }) {
    clock_.of = &backend_.clock();
  }

  void configure(backend::Settings& settings) {
    oidc::ProviderOptions provider;
    provider.name = "test";
    provider.issuer = issuer_.url();
    provider.client_id = HostileIssuer::client_id;
    provider.client_secret = HostileIssuer::client_secret;
    provider.redirect_uri = HostileIssuer::redirect_uri;
    settings.oauth.providers.push_back(provider);
    provider.name = "other";
    settings.oauth.providers.push_back(provider);
    provider.name = "tls";
    provider.redirect_uri = "https://api.example/api/auth/oauth/tls/callback";
    settings.oauth.providers.push_back(provider);
    settings.oauth.return_urls = {page};
  }

  // A browser's cookie after the start, and the URL of the callback that the provider sends the browser to.
  struct Started {
    std::string cookie;
    std::string callback;
  };
  Started begin(const std::string& query = {}, const std::string& token = {}) {
    web::TestRequest request{.method = Method::get, .target = start + query, .headers = {}, .body = {}};
    if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
    const auto reply = backend_.client().send(request);
    if (reply.status != 302) throw std::runtime_error("the start was refused: " + reply.body);
    const std::string cookie = reply.header("Set-Cookie");
    return {.cookie = cookie.substr(0, cookie.find(';')),
            .callback = std::string(start) + "/callback?" + issuer_.authorize(reply.header("Location"))};
  }
  web::TestReply call_back(const Started& started) {
    return backend_.client().send(
        {.method = Method::get, .target = started.callback, .headers = {{"Cookie", started.cookie}}, .body = {}});
  }
  web::TestReply sign_in() { return call_back(begin()); }
  web::TestReply link(const std::string& token) { return call_back(begin("?link=true", token)); }

  void says(const std::string& subject, const std::string& email, const std::string& verified = "true") {
    issuer_.change([&](IssuerAnswers& a) {
      a.claims["sub"] = '"' + subject + '"';
      a.claims["email"] = '"' + email + '"';
      a.claims["email_verified"] = verified;
    });
  }
  void run(const std::string& sql) {
    const auto done = backend_.database().query_blocking({.sql = sql, .mode = sql::Mode::write});
    ASSERT_TRUE(done) << done.error().cause();
  }
  void verify_address(const Person& who) {
    run("update users set email_verified = " +
        std::string(backend_.database().dialect() == sql::Dialect::sqlite ? "1" : "true") + " where id = '" + who.id +
        "'");
  }
  std::string identities_of(const std::string& token) {
    return backend_
        .as({.id = {}, .email = {}, .token = token, .refresh_token = {}}, Method::get, "/api/auth/identities")
        .at("/pagination/total");
  }
  // Of identities, in their order.
  std::string audited_actions() {
    std::string out;
    const auto read = backend_.database().query_blocking(
        {.sql = "select action from audit_entries where resource = 'identity' order by seq",
         .on_row = [&out](const sql::Row& row) { out.append(row.text(0)).append(" "); }});
    EXPECT_TRUE(read) << read.error().cause();
    return out;
  }
  web::TestReply login(const std::string& email, const std::string& password) {
    return backend_.client().post("/api/auth/login",
                                  R"({"email": ")" + email + R"(", "password": ")" + password + R"("})");
  }

  LateClock clock_;
  HostileIssuer issuer_{clock_};
  TestBackend backend_;
};

// The start

TEST_F(OauthTest, TheStartRefusesWhatItDoesNotKnow) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"?returnTo=https://attacker.example/", "request.invalid"},
      {"?returnTo=https://app.example/signed-in/", "request.invalid"},
      {"?returnTo=https://app.example/signed-in&returnTo=https://attacker.example", "request.invalid"},
      {"?return_to=x", "request.invalid"},
      {"?link=yes", "request.invalid"},
      {"?returnTo=%ff", "request.invalid"},
      {"?link=true", "auth.not_signed_in"}};
  for (const auto& [query, code] : rows) {
    SCOPED_TRACE(query);
    const auto reply = backend_.client().get(start + query);
    EXPECT_EQ(reply.at("/code"), code);
    EXPECT_EQ(reply.header("Location"), "");
  }
  EXPECT_EQ(backend_.client().get("/api/auth/oauth/unknown").status, 404);
}

TEST_F(OauthTest, TheStartSendsTheBrowserToTheProviderWithASealedCookie) {
  const auto reply = backend_.client().get(start);
  EXPECT_EQ(reply.status, 302);
  EXPECT_THAT(reply.header("Location"), StartsWith(issuer_.url() + "/authorize?response_type=code&"));
  EXPECT_EQ(reply.header("Cache-Control"), "no-store");
  EXPECT_THAT(reply.header("Set-Cookie"),
              AllOf(StartsWith("oauthFlow=v1."), HasSubstr("; HttpOnly"), HasSubstr("; SameSite=Lax"),
                    HasSubstr("; Max-Age=600"), Not(HasSubstr("Secure"))));
  const auto over_tls = backend_.client().get("/api/auth/oauth/tls");
  EXPECT_THAT(over_tls.header("Set-Cookie"),
              AllOf(StartsWith("__Host-oauthFlow=v1."), HasSubstr("; Secure"), HasSubstr("; Path=/")));
}

TEST_F(OauthTest, AnIssuerThatIsDownIs503) {
  issuer_.change([](IssuerAnswers& a) { a.responses["/.well-known/openid-configuration"] = response_with("<html>"); });
  const auto reply = backend_.client().get(start);
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.at("/code"), "auth.oauth_unavailable");
  EXPECT_THAT(reply.body, Not(HasSubstr("127.0.0.1")));
}

// The callback

TEST_F(OauthTest, TheCallbackIsOfTheBrowserThatBegan) {
  const Started mine = begin();
  const Started another = begin();
  const auto with = [&](const std::string& cookie, const std::string& callback) {
    return call_back({.cookie = cookie, .callback = callback});
  };
  const std::string without_state = std::string(start) + "/callback?code=the-code&iss=" + issuer_.url();
  for (const auto& reply : {with("", mine.callback), with(another.cookie, mine.callback),
                            with(mine.cookie, another.callback), with(mine.cookie, without_state),
                            with(mine.cookie + "x", mine.callback), with("oauthFlow=v1.1.AAAA", mine.callback)}) {
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.at("/code"), "auth.oauth_state_invalid");
    EXPECT_EQ(reply.header("Set-Cookie"), "");
  }
  EXPECT_EQ(issuer_.requests("/token"), 0);
  const std::string elsewhere = "/api/auth/oauth/other" + mine.callback.substr(std::string(start).size());
  EXPECT_EQ(with(mine.cookie, elsewhere).at("/code"), "auth.oauth_state_invalid") << "of another provider";
}

TEST_F(OauthTest, TheCallbackCountsOnceAndSoonAfterTheStart) {
  Started started = begin();
  EXPECT_EQ(call_back(started).status, 200);
  EXPECT_EQ(call_back(started).at("/code"), "auth.oauth_state_invalid") << "replayed";
  EXPECT_EQ(issuer_.requests("/token"), 1);

  started = begin();
  backend_.restart();
  EXPECT_EQ(call_back(started).status, 200) << "another instance";
  EXPECT_EQ(call_back(started).at("/code"), "auth.oauth_state_invalid");

  started = begin();
  backend_.clock().advance(std::chrono::minutes{10});
  EXPECT_EQ(call_back(started).at("/code"), "auth.oauth_state_invalid") << "too late";
}

TEST_F(OauthTest, OfTwoCallbacksAtOnceOneCounts) {
  const Started started = begin();
  const web::TestRequest request{
      .method = Method::get, .target = started.callback, .headers = {{"Cookie", started.cookie}}, .body = {}};
  EXPECT_EQ(backend_.at_once(4, request), (std::vector{200, 400, 400, 400}));
}

TEST_F(OauthTest, TheCallbackIgnoresParametersOfTheProvidersOwn) {
  Started started = begin();
  started.callback += "&session_state=abc&scope=openid+email&authuser=0";
  EXPECT_EQ(call_back(started).status, 200);
  started = begin();
  started.callback += "&state=another";
  EXPECT_EQ(call_back(started).status, 422) << "twice";
}

TEST_F(OauthTest, ARefusedIdTokenRevealsNothing) {
  std::vector<std::string> bodies;
  for (const char* claim : {"iss", "nonce", "exp"}) {
    issuer_.change([&](IssuerAnswers& a) { a.claims = {{claim, "1"}}; });
    const auto reply = sign_in();
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.at("/code"), "auth.oauth_refused");
    bodies.push_back(reply.at("/detail"));
  }
  EXPECT_EQ(bodies[0], bodies[1]);
  EXPECT_EQ(bodies[1], bodies[2]);
}

TEST_F(OauthTest, TheProvidersRefusalReachesTheUser) {
  issuer_.change([](IssuerAnswers& a) { a.callback = {{"code", ""}, {"error", "access_denied"}}; });
  const auto reply = sign_in();
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.at("/code"), "auth.oauth_denied");
  const auto redirected = call_back(begin("?returnTo=" + std::string(page)));
  EXPECT_EQ(redirected.status, 302);
  EXPECT_EQ(redirected.header("Location"), std::string(page) + "#error=auth.oauth_denied");
}

TEST_F(OauthTest, TheFirstSignInMakesAVerifiedAccountAndLaterOnesFindIt) {
  const auto first = sign_in();
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.at("/data/user/email"), "ada@example.com");
  EXPECT_EQ(first.at("/data/user/name"), "Ada Lovelace");
  EXPECT_EQ(first.at("/data/user/role"), "user");
  EXPECT_EQ(first.at("/data/user/emailVerified"), "true");
  EXPECT_EQ(first.header("Cache-Control"), "no-store");
  EXPECT_THAT(first.headers, testing::Contains(testing::Pair("Set-Cookie", StartsWith("accessToken="))));
  EXPECT_THAT(first.headers, testing::Contains(testing::Pair("Set-Cookie", StartsWith("oauthFlow=;"))));
  EXPECT_EQ(backend_
                .as({.id = {}, .email = {}, .token = first.at("/data/accessToken"), .refresh_token = {}}, Method::get,
                    "/api/users/me")
                .status,
            200);

  says("subject-1", "renamed@example.com", "false");
  const auto second = sign_in();
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(second.at("/data/user/id"), first.at("/data/user/id"));
  EXPECT_EQ(second.at("/data/user/email"), "ada@example.com") << "an identity is not an address";
}

TEST_F(OauthTest, ANameThatCannotBeOneIsMadeOfTheAddress) {
  issuer_.change([](IssuerAnswers& a) { a.claims["name"] = R"("a\nb")"; });
  EXPECT_EQ(sign_in().at("/data/user/name"), "ada");
}

TEST_F(OauthTest, FirstSignInsAtOnceMakeOneAccount) {
  std::vector<web::TestRequest> requests;
  for (int i = 0; i < 4; ++i) {
    const Started each = begin();
    requests.push_back(
        {.method = Method::get, .target = each.callback, .headers = {{"Cookie", each.cookie}}, .body = {}});
  }
  EXPECT_EQ(backend_.at_once(requests), (std::vector{200, 200, 200, 200}));
  EXPECT_EQ(identities_of(sign_in().at("/data/accessToken")), "1");
}

TEST_F(OauthTest, ReturnsToAPageThatIsListedWithoutTokensInItsUrl) {
  const auto reply = call_back(begin("?returnTo=" + std::string(page)));
  EXPECT_EQ(reply.status, 302);
  EXPECT_EQ(reply.header("Location"), page);
  EXPECT_EQ(reply.body, "");
  EXPECT_THAT(reply.headers, testing::Contains(testing::Pair("Set-Cookie", StartsWith("refreshToken="))));
}

// An account without a password

TEST_F(OauthTest, NoPasswordSignsInToAnAccountThatHasNone) {
  ASSERT_EQ(sign_in().status, 200);
  for (const char* password : {"a long password", " ", "$2b$04$"}) {
    const auto reply = login("ada@example.com", password);
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.at("/code"), "auth.invalid_credentials");
  }
}

TEST_F(OauthTest, TheLastWayToSignInStays) {
  const auto made = sign_in();
  const Person ada{.id = made.at("/data/user/id"),
                   .email = "ada@example.com",
                   .token = made.at("/data/accessToken"),
                   .refresh_token = {}};
  const std::string first = backend_.as(ada, Method::get, "/api/auth/identities").at("/data/0/id");
  const auto refused = backend_.as(ada, Method::remove, "/api/auth/identities/" + first);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.at("/code"), "auth.last_sign_in_method");
  EXPECT_EQ(identities_of(ada.token), "1");

  says("subject-2", "ada@example.com");
  ASSERT_EQ(link(ada.token).status, 200);
  EXPECT_EQ(identities_of(ada.token), "2");
  const auto both = backend_.as(ada, Method::get, "/api/auth/identities");
  const std::string second = both.at(both.at("/data/0/id") == first ? "/data/1/id" : "/data/0/id");
  EXPECT_EQ(backend_.at_once({{.method = Method::remove,
                               .target = "/api/auth/identities/" + first,
                               .headers = {{"Authorization", "Bearer " + ada.token}},
                               .body = {}},
                              {.method = Method::remove,
                               .target = "/api/auth/identities/" + second,
                               .headers = {{"Authorization", "Bearer " + ada.token}},
                               .body = {}}}),
            (std::vector{204, 409}));
}

TEST_F(OauthTest, UnlinkingEndsTheIdentityAlone) {
  const Person ada = backend_.person("ada");
  verify_address(ada);
  ASSERT_EQ(link(ada.token).status, 200);
  const Person other = backend_.person("other");
  const std::string id = backend_.as(ada, Method::get, "/api/auth/identities").at("/data/0/id");
  EXPECT_EQ(backend_.as(other, Method::remove, "/api/auth/identities/" + id).at("/code"), "auth.identity_not_found");
  EXPECT_EQ(backend_.as(ada, Method::remove, "/api/auth/identities/" + id).status, 204);
  EXPECT_EQ(backend_.as(ada, Method::remove, "/api/auth/identities/" + id).status, 404);
  EXPECT_EQ(audited_actions(), "create delete ");
  EXPECT_EQ(login("ada@example.com", TestBackend::password).status, 200);
}

// Linking

TEST_F(OauthTest, LinksToTheAccountThatAsked) {
  const Person ada = backend_.person("ada");
  verify_address(ada);
  says("subject-9", "else@example.org", "false");
  const auto linked = link(ada.token);
  ASSERT_EQ(linked.status, 200) << linked.body;
  EXPECT_EQ(linked.at("/data/provider"), "test");
  EXPECT_EQ(linked.at("/data/email"), "else@example.org");
  EXPECT_FALSE(linked.has("/data/subject"));
  EXPECT_EQ(link(ada.token).at("/data/id"), linked.at("/data/id")) << "again";
  EXPECT_EQ(sign_in().at("/data/user/id"), ada.id);

  const Person other = backend_.person("other");
  verify_address(other);
  EXPECT_EQ(link(other.token).at("/code"), "auth.identity_taken");
}

TEST_F(OauthTest, LinksNothingToASessionThatHasEnded) {
  const Person ada = backend_.person("ada");
  verify_address(ada);
  const Started started = begin("?link=true", ada.token);
  ASSERT_EQ(backend_.as(ada, Method::post, "/api/auth/logout").status, 204);
  EXPECT_EQ(call_back(started).at("/code"), "auth.not_signed_in");
}

TEST_F(OauthTest, LinksAtSignInWhereBothSidesAreVerified) {
  const Person ada = backend_.person("ada");
  verify_address(ada);
  says("subject-1", "ADA@example.com");
  const auto reply = sign_in();
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/user/id"), ada.id);
  EXPECT_EQ(identities_of(ada.token), "1");
  EXPECT_EQ(login("ada@example.com", TestBackend::password).status, 200) << "the password stays";
}

// Pre-hijacking (arXiv 2205.10174): an attacker makes an account with the victim's address and waits for the victim.

TEST_F(OauthTest, ClassicFederatedMerge) {
  const Person attacker = backend_.person("ada");
  const auto victim = sign_in();
  EXPECT_EQ(victim.status, 409);
  EXPECT_EQ(victim.at("/code"), "auth.oauth_account_exists");
  EXPECT_EQ(identities_of(attacker.token), "0");
}

TEST_F(OauthTest, UnexpiredSession) {
  const Person attacker = backend_.person("ada");
  ASSERT_EQ(sign_in().status, 409) << "the attacker's session would see what the victim does";
  EXPECT_EQ(backend_.as(attacker, Method::get, "/api/users/me").at("/data/emailVerified"), "false");
}

TEST_F(OauthTest, TrojanIdentifier) {
  const Person attacker = backend_.person("ada");
  says("attackers-subject", "attacker@example.org");
  const auto trojan = link(attacker.token);
  EXPECT_EQ(trojan.status, 409);
  EXPECT_EQ(trojan.at("/code"), "auth.link_email_unverified");
  EXPECT_EQ(identities_of(attacker.token), "0");
}

TEST_F(OauthTest, UnexpiredEmailChange) {
  // The attacker's own account, verified and linked, gets the victim's address without a proof.
  const Person attacker = backend_.person("attacker");
  verify_address(attacker);
  says("attackers-subject", "attacker@example.com");
  ASSERT_EQ(link(attacker.token).status, 200);
  ASSERT_EQ(backend_.as(attacker, Method::patch, "/api/users/me", R"({"email": "ada@example.com"})").status, 200);
  says("subject-1", "ada@example.com");
  EXPECT_EQ(sign_in().at("/code"), "auth.oauth_account_exists") << "the victim would share it with the attacker";
  verify_address(attacker);  // the victim has taken the account over, by a reset of its password, say
  says("attackers-subject", "attacker@example.com");
  const auto reply = sign_in();
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.at("/code"), "auth.identity_outdated") << "the attacker would be in the victim's account";
}

TEST_F(OauthTest, AnIdentityIsLinkedAgainAfterTheAddressHasChanged) {
  const Person ada = backend_.person("ada");
  verify_address(ada);
  ASSERT_EQ(link(ada.token).status, 200);
  ASSERT_EQ(backend_.as(ada, Method::patch, "/api/users/me", R"({"email": "ADA@example.com"})").status, 200);
  EXPECT_EQ(sign_in().status, 200) << "the same address";
  ASSERT_EQ(backend_.as(ada, Method::patch, "/api/users/me", R"({"email": "new@example.com"})").status, 200);
  EXPECT_EQ(sign_in().at("/code"), "auth.identity_outdated");
  EXPECT_EQ(link(ada.token).at("/code"), "auth.link_email_unverified");
  verify_address(ada);
  EXPECT_EQ(link(ada.token).status, 200);
  EXPECT_EQ(sign_in().at("/data/user/id"), ada.id);
}

TEST_F(OauthTest, IdentitiesFollowAnAddressThatWasProved) {
  const auto made = sign_in();
  const Person ada{
      .id = made.at("/data/user/id"), .email = {}, .token = made.at("/data/accessToken"), .refresh_token = {}};
  (void)backend_.person("donor");
  backend_.run(
      "update users set password_hash = (select password_hash from users where email = 'donor@example.com') "
      "where email = 'ada@example.com'");
  ASSERT_EQ(backend_
                .as(ada, Method::post, "/api/auth/email/change",
                    R"({"email": "new@example.com", "password": "a long password"})")
                .status,
            202);
  for (const auto& [address, subject] : {std::pair("ada@example.com", "Confirm the change of your e-mail address"),
                                         std::pair("new@example.com", "Confirm your new e-mail address")}) {
    const std::string token = backend_.mailed_token(address, subject);
    ASSERT_EQ(backend_.client().post("/api/auth/email/confirm", R"({"token": ")" + token + R"("})").status, 200);
  }
  EXPECT_EQ(sign_in().at("/data/user/id"), ada.id);
  EXPECT_EQ(audited_actions(), "create update ");
}

TEST_F(OauthTest, NonVerifyingProvider) {
  const Person victim = backend_.person("ada");
  verify_address(victim);
  for (const char* verified : {"false", "null", R"("no")", ""}) {
    SCOPED_TRACE(verified);
    says("attackers-subject", "ada@example.com", verified);
    const auto attacker = sign_in();
    EXPECT_EQ(attacker.status, 403);
    EXPECT_EQ(attacker.at("/code"), "auth.oauth_email_unverified");
    says("attackers-subject", "nobody@example.com", verified);
    EXPECT_EQ(sign_in().status, 403) << "nor does it make an account that waits for its victim";
  }
  EXPECT_EQ(identities_of(victim.token), "0");
}

TEST_F(OauthTest, AClassicAccountCannotBeMadeOverAFederatedOne) {
  ASSERT_EQ(sign_in().status, 200);
  const auto reply = backend_.client().post(
      "/api/auth/register", R"({"name": "A", "email": "ada@example.com", "password": "a long password"})");
  EXPECT_EQ(reply.at("/code"), "user.email_taken");
}

}  // namespace
}  // namespace ashlar::test
