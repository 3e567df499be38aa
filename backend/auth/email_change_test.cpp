// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* to_current = "Confirm the change of your e-mail address";
constexpr const char* to_new = "Confirm your new e-mail address";
constexpr const char* changed = "Your e-mail address was changed";

std::string change_body(const std::string& email, const std::string& password = TestBackend::password) {
  return R"({"email": ")" + email + R"(", "password": ")" + password + R"("})";
}
std::string token_body(const std::string& token) { return R"({"token": ")" + token + R"("})"; }

struct Tokens {
  std::string current, next;
};
Tokens requested(TestBackend& backend, const Person& person, const std::string& email) {
  const auto reply = backend.as(person, Method::post, "/api/auth/email/change", change_body(email));
  EXPECT_EQ(reply.status, 202) << reply.body;
  EXPECT_EQ(reply.at("/data/expiresIn"), "3600");
  return {.current = backend.mailed_token(person.email, to_current), .next = backend.mailed_token(email, to_new)};
}
web::TestReply confirm(TestBackend& backend, const std::string& token) {
  return backend.client().post("/api/auth/email/confirm", token_body(token));
}
std::string address_of(TestBackend& backend, const Person& person) {
  return backend.as(person, Method::get, "/api/users/me").at("/data/email");
}
Scenario wrong(std::string name, const std::string& token) {
  return {std::move(name), "POST /api/auth/email/confirm", token_body(token), 422, "auth.challenge_invalid"};
}

TEST(EmailChange, Refuses) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string route = "POST /api/auth/email/change";
  const std::string confirmation = "POST /api/auth/email/confirm";
  const std::string good = change_body("ada@example.org");
  expect_refusals(
      backend.client(),
      without_a_good_token(route, good, backend.bad_tokens()) + without_a_readable_body(route, good, ada.token) +
          without_a_readable_body(confirmation, token_body("x"), "") +
          std::vector<Scenario>{
              {"nothing", route, "{}", 422, "request.invalid", {"/email required", "/password required"}, ada.token},
              {"a wrong password",
               route,
               change_body("ada@example.org", "wrong"),
               401,
               "auth.invalid_credentials",
               {},
               ada.token},
              {"a password that is too long for any account",
               route,
               change_body("ada@example.org", std::string(1024, 'p')),
               401,
               "auth.invalid_credentials",
               {},
               ada.token},
              wrong("gibberish", "gibberish"),
              wrong("the token of a verification", backend.mailed_token(ada.email, "Confirm your e-mail address")),
          });
  EXPECT_THAT(backend.mails_to("ada@example.org"), IsEmpty());
}

TEST(EmailChange, NeedsBothAddressesInEitherOrder) {
  for (const bool current_first : {true, false}) {
    TestBackend backend;
    const Person ada = backend.person("ada");
    const Tokens tokens = requested(backend, ada, "ada@example.org");
    EXPECT_THAT(backend.mails_to(ada.email).front().text.str(), HasSubstr("ada@example.org"));
    const auto first = confirm(backend, current_first ? tokens.current : tokens.next);
    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(first.at("/data/changed"), "false");
    EXPECT_EQ(address_of(backend, ada), "ada@example.com");
    const auto second = confirm(backend, current_first ? tokens.next : tokens.current);
    EXPECT_EQ(second.at("/data/changed"), "true") << second.body;

    const auto me = backend.as(ada, Method::get, "/api/users/me");
    EXPECT_EQ(me.status, 200) << "sessions stay";
    EXPECT_EQ(me.at("/data/email"), "ada@example.org");
    EXPECT_EQ(me.at("/data/emailVerified"), "true");
    EXPECT_EQ(backend.mails_to(ada.email).front().subject.view(), changed);
    EXPECT_EQ(backend.mails_to("ada@example.org").front().subject.view(), changed);
    expect_refusals(backend.client(), {wrong("a used one", tokens.current), wrong("the other", tokens.next)});
    EXPECT_EQ(backend.sign_in("ada@example.org").id, ada.id);
  }
}

TEST(EmailChange, ByOneAddressTwiceChangesNothing) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Tokens tokens = requested(backend, ada, "ada@example.org");
  EXPECT_EQ(confirm(backend, tokens.next).at("/data/changed"), "false");
  expect_refusals(backend.client(), {wrong("the same again", tokens.next)});
  EXPECT_EQ(address_of(backend, ada), "ada@example.com");
}

TEST(EmailChange, HalvesOfTwoRequestsMakeNoWhole) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Tokens first = requested(backend, ada, "eve@example.org");
  EXPECT_EQ(confirm(backend, first.next).at("/data/changed"), "false");
  const Tokens second = requested(backend, ada, "eve@example.org");
  expect_refusals(backend.client(), {wrong("a half of the first", first.current)});
  EXPECT_EQ(confirm(backend, second.current).at("/data/changed"), "false");
  EXPECT_EQ(address_of(backend, ada), "ada@example.com");
  EXPECT_EQ(confirm(backend, second.next).at("/data/changed"), "true");
}

// Whether an address is free is decided by the last confirmation; until then nobody learns it.
TEST(EmailChange, OfAnAddressThatIsTakenIsRefusedAtTheEnd) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person eve = backend.person("eve");
  const Tokens tokens = requested(backend, ada, "EVE@example.com");
  EXPECT_EQ(confirm(backend, tokens.current).at("/data/changed"), "false");
  const auto refused = confirm(backend, tokens.next);
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_EQ(refused.at("/code"), "user.email_taken");
  EXPECT_EQ(address_of(backend, ada), "ada@example.com");
  ASSERT_EQ(backend.as(eve, Method::patch, "/api/users/me", R"({"email": "eve@example.org"})").status, 200);
  EXPECT_EQ(confirm(backend, tokens.next).at("/data/changed"), "true") << "the refusal left the token unused";
}

TEST(EmailChange, EndsAfterAnHour) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Tokens tokens = requested(backend, ada, "ada@example.org");
  EXPECT_EQ(confirm(backend, tokens.current).at("/data/changed"), "false");
  backend.clock().advance(std::chrono::hours{1});
  expect_refusals(backend.client(), {wrong("an expired one", tokens.next)});
}

TEST(EmailChange, IsEndedByAnotherPassword) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Tokens tokens = requested(backend, ada, "eve@example.org");
  ASSERT_EQ(backend.client().post("/api/auth/password/forgot", R"({"email": "ada@example.com"})").status, 202);
  const std::string reset = backend.mailed_token(ada.email, "Reset your password");
  ASSERT_EQ(backend.client()
                .post("/api/auth/password/reset", R"({"token": ")" + reset + R"(", "password": "another password"})")
                .status,
            204);
  expect_refusals(backend.client(), {wrong("the new address's", tokens.next), wrong("the current", tokens.current)});
}

TEST(EmailChange, MailsNoMoreThanFiveTimesAnHour) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  Tokens last;
  for (int i = 0; i < 5; ++i) last = requested(backend, ada, "ada@example.org");
  const auto refused = backend.as(ada, Method::post, "/api/auth/email/change", change_body("eve@example.org"));
  EXPECT_EQ(refused.status, 429) << refused.body;
  EXPECT_EQ(refused.header("Retry-After"), "3600");
  EXPECT_THAT(backend.mails_to("eve@example.org"), IsEmpty());
  EXPECT_THAT(backend.mails_to("ada@example.org"), SizeIs(5));
  EXPECT_EQ(confirm(backend, last.current).status, 200) << "a refused request ends nothing";
}

TEST(EmailChange, BothConfirmationsAtOnceChangeItOnce) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Tokens tokens = requested(backend, ada, "ada@example.org");
  const auto request = [](const std::string& token) {
    return web::TestRequest{
        .method = Method::post, .target = "/api/auth/email/confirm", .headers = {}, .body = token_body(token)};
  };
  const auto statuses = backend.at_once({request(tokens.current), request(tokens.next), request(tokens.current)});
  EXPECT_THAT(statuses, testing::ElementsAre(200, 200, 422));
  EXPECT_EQ(address_of(backend, ada), "ada@example.org");
}

}  // namespace
}  // namespace ashlar::test
