// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr const char* subject = "Confirm your e-mail address";

std::string token_body(const std::string& token) { return R"({"token": ")" + token + R"("})"; }

Scenario wrong(std::string name, const std::string& token) {
  return {std::move(name), "POST /api/auth/verify-email", token_body(token), 422, "auth.challenge_invalid"};
}

std::string verified(TestBackend& backend, const Person& person) {
  return backend.as(person, Method::get, "/api/users/me").at("/data/emailVerified");
}
int verify(TestBackend& backend, const std::string& token) {
  return backend.client().post("/api/auth/verify-email", token_body(token)).status;
}

TEST(EmailVerification, Refuses) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string route = "POST /api/auth/verify-email";
  const std::string good = backend.mailed_token(ada.email, subject);
  ASSERT_EQ(backend.client().post("/api/auth/password/forgot", R"({"email": "ada@example.com"})").status, 202);
  expect_refusals(
      backend.client(),
      without_a_readable_body(route, token_body(good), "") +
          std::vector<Scenario>{
              {"nothing", route, "{}", 422, "request.invalid", {"/token required"}},
              {"a number", route, R"({"token": 1})", 422, "request.invalid", {"/token type"}},
              {"an empty one", route, token_body(""), 422, "request.invalid", {"/token too_short"}},
              {"a book", route, token_body(std::string(513, 'a')), 422, "request.invalid", {"/token too_long"}},
              wrong("gibberish", "gibberish"),
              wrong("a longer one", good + "a"),
              wrong("one in other letters", std::string(43, 'A')),
              wrong("SQL", "' or 1=1 --"),
              wrong("an access token", ada.token),
              wrong("the token of a reset", backend.mailed_token(ada.email, "Reset your password")),
          });
  EXPECT_EQ(verified(backend, ada), "false");
}

TEST(EmailVerification, WorksOnce) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  ASSERT_THAT(backend.mails_to(ada.email), SizeIs(1)) << "registering mails nothing else";
  const std::string token = backend.mailed_token(ada.email, subject);
  EXPECT_EQ(verified(backend, ada), "false");
  const auto reply = backend.client().post("/api/auth/verify-email", token_body(token));
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(verified(backend, ada), "true");
  expect_refusals(backend.client(), {wrong("a used one", token)});
}

TEST(EmailVerification, ItsMailHasALinkAndNoWordOfTheClients) {
  TestBackend backend([](backend::Settings& settings) { settings.mail.public_url = "https://shop.example/app/"; });
  const auto reply = backend.client().send(
      {.method = Method::post,
       .target = "/api/auth/register",
       .headers = {{"Host", "evil.example"}, {"X-Forwarded-Host", "evil.example"}, {"User-Agent", "evil.example"}},
       .body = R"({"name": "evil.example <b>", "email": "a&b'c@example.com", "password": "a long password"})"});
  ASSERT_EQ(reply.status, 201) << reply.body;
  const auto mails = backend.mails_to("a&b'c@example.com");
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_EQ(mails[0].subject.view(), subject);
  EXPECT_THAT(mails[0].text.str(), HasSubstr("\nhttps://shop.example/app/verify-email#token="));
  EXPECT_THAT(mails[0].html.str(), HasSubstr("\"https://shop.example/app/verify-email#token="));
  for (const std::string& text : {mails[0].text.str(), mails[0].html.str(), mails[0].subject.str()})
    EXPECT_THAT(text, Not(HasSubstr("evil.example")));
  EXPECT_EQ(mails[0].to.name.view(), "");
}

TEST(EmailVerification, EndsAfterADay) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person eve = backend.person("eve");
  backend.clock().advance(std::chrono::hours{24} - std::chrono::milliseconds{1});
  EXPECT_EQ(verify(backend, backend.mailed_token(eve.email, subject)), 204);
  backend.clock().advance(std::chrono::milliseconds{1});
  expect_refusals(backend.client(), {wrong("an expired one", backend.mailed_token(ada.email, subject))});
}

TEST(EmailVerification, ResendRefuses) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string route = "POST /api/auth/verify-email/resend";
  ASSERT_EQ(verify(backend, backend.mailed_token(ada.email, subject)), 204);
  expect_refusals(
      backend.client(),
      without_a_good_token(route, "", backend.bad_tokens()) +
          std::vector<Scenario>{{"a verified address", route, "", 409, "auth.email_already_verified", {}, ada.token}});
}

TEST(EmailVerification, ResendMailsAnotherTokenUpToALimit) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string first = backend.mailed_token(ada.email, subject);
  std::vector<std::string> later;
  for (int i = 0; i < 4; ++i) {
    backend.clock().advance(std::chrono::minutes{1});
    const auto reply = backend.as(ada, Method::post, "/api/auth/verify-email/resend");
    ASSERT_EQ(reply.status, 202) << reply.body;
    EXPECT_EQ(reply.at("/data/expiresIn"), "86400");
    later.push_back(backend.mailed_token(ada.email, subject));
  }
  const auto refused = backend.as(ada, Method::post, "/api/auth/verify-email/resend");
  EXPECT_EQ(refused.status, 429) << refused.body;
  EXPECT_EQ(refused.at("/code"), "rate_limit.exceeded");
  EXPECT_EQ(refused.header("Retry-After"), "3360") << "an hour after the first";
  EXPECT_THAT(backend.mails_to(ada.email), SizeIs(5));
  expect_refusals(backend.client(), {wrong("the first of five", first), wrong("the second", later[0])});
  EXPECT_EQ(verify(backend, later[1]), 204) << "the last three are good";
  expect_refusals(backend.client(), {wrong("one beside the used one", later[3])});
}

TEST(EmailVerification, ResendWorksAgainAfterAnHour) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  for (int i = 0; i < 4; ++i) ASSERT_EQ(backend.as(ada, Method::post, "/api/auth/verify-email/resend").status, 202);
  ASSERT_EQ(backend.as(ada, Method::post, "/api/auth/verify-email/resend").status, 429);
  backend.clock().advance(std::chrono::hours{1});
  EXPECT_EQ(backend.as(backend.sign_in(ada.email), Method::post, "/api/auth/verify-email/resend").status, 202);
}

// PATCH changes the address at once; the owner of the old one learns of it.
TEST(EmailVerification, OfAnAddressThatWasChangedMeansNothingAnyMore) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person admin = backend.admin();
  const std::string old = backend.mailed_token(ada.email, subject);
  ASSERT_EQ(backend.as(ada, Method::patch, "/api/users/me", R"({"email": "ada@example.org"})").status, 200);
  expect_refusals(backend.client(), {wrong("the old address's token", old)});
  const auto notices = backend.mails_to(ada.email);
  EXPECT_EQ(notices.front().subject.view(), "Your e-mail address was changed");
  EXPECT_THAT(notices.front().text.str(), HasSubstr("ada@example.org"));
  const std::string next = backend.mailed_token("ada@example.org", subject);

  ASSERT_EQ(backend.as(admin, Method::patch, "/api/users/" + ada.id, R"({"email": "ada@example.net"})").status, 200);
  expect_refusals(backend.client(), {wrong("the next address's token", next)});
  EXPECT_EQ(backend.mails_to("ada@example.org").front().subject.view(), "Your e-mail address was changed");
  EXPECT_EQ(verify(backend, backend.mailed_token("ada@example.net", subject)), 204);
  EXPECT_EQ(verified(backend, ada), "true");
}

TEST(EmailVerification, AChangeOfSomethingElseMailsNothing) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string token = backend.mailed_token(ada.email, subject);
  ASSERT_EQ(backend.as(ada, Method::patch, "/api/users/me", R"({"name": "Ada L", "email": "ada@example.com"})").status,
            200);
  EXPECT_THAT(backend.mails_to(ada.email), SizeIs(1));
  EXPECT_EQ(verify(backend, token), 204);
}

}  // namespace
}  // namespace ashlar::test
