// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;
using testing::SizeIs;

constexpr const char* route = "POST /api/auth/password/change";

std::string change_body(const std::string& current, const std::string& next = "another password") {
  return R"({"currentPassword": ")" + current + R"(", "newPassword": ")" + next + R"("})";
}
const std::string good = change_body(TestBackend::password);

TEST(PasswordChange, Refuses) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const auto refused = [&](std::string name, std::string body, int status, std::string code,
                           std::vector<std::string> faults) {
    return Scenario{std::move(name), route, std::move(body), status, std::move(code), std::move(faults), ada.token};
  };
  expect_refusals(
      backend.client(),
      without_a_good_token(route, good, backend.bad_tokens()) + without_a_readable_body(route, good, ada.token) +
          std::vector<Scenario>{
              refused("nothing", "{}", 422, "request.invalid", {"/currentPassword required", "/newPassword required"}),
              refused("a short one", change_body(TestBackend::password, "short"), 422, "request.invalid",
                      {"/newPassword too_short"}),
              refused("a wrong password", change_body("wrong"), 401, "auth.invalid_credentials", {}),
              refused("no word of it", change_body(""), 422, "request.invalid", {"/currentPassword too_short"}),
          });
  EXPECT_EQ(backend.sign_in(ada.email).id, ada.id);
}

TEST(PasswordChange, EndsOtherSessionsAndAnswersWithANewPair) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person elsewhere = backend.sign_in(ada.email);
  ASSERT_EQ(backend.client().post("/api/auth/password/forgot", R"({"email": "ada@example.com"})").status, 202);
  const std::string reset = backend.mailed_token(ada.email, "Reset your password");
  const std::string verification = backend.mailed_token(ada.email, "Confirm your e-mail address");

  const auto reply = backend.as(ada, Method::post, "/api/auth/password/change", good);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/user/id"), ada.id);
  const Person now{.id = ada.id,
                   .email = ada.email,
                   .token = reply.at("/data/accessToken"),
                   .refresh_token = reply.at("/data/refreshToken")};
  EXPECT_NE(reply.header("Set-Cookie"), "");
  EXPECT_EQ(backend.as(now, Method::get, "/api/users/me").status, 200);
  EXPECT_EQ(backend.client().post("/api/auth/refresh", R"({"refreshToken": ")" + now.refresh_token + R"("})").status,
            200);
  for (const Person& person : {ada, elsewhere})
    EXPECT_EQ(backend.as(person, Method::get, "/api/users/me").at("/code"), "auth.token_revoked");
  EXPECT_EQ(backend.as(now, Method::get, "/api/auth/sessions").at("/pagination/total"), "1");

  const auto mails = backend.mails_to(ada.email);
  EXPECT_EQ(mails.front().subject.view(), "Your password was changed");
  EXPECT_THAT(mails, SizeIs(3)) << "the new session is no new sign-in";
  EXPECT_EQ(backend.client()
                .post("/api/auth/password/reset", R"({"token": ")" + reset + R"(", "password": "third password"})")
                .at("/code"),
            "auth.challenge_invalid");
  EXPECT_EQ(backend.client().post("/api/auth/verify-email", R"({"token": ")" + verification + R"("})").status, 204)
      << "the address is whose it was";
}

// Each verified the old password; the first to commit makes it wrong for the others.
TEST(PasswordChange, AtOnceWorksOnce) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  std::vector<web::TestRequest> requests;
  for (int i = 0; i < 6; ++i) {
    requests.push_back({.method = Method::post,
                        .target = "/api/auth/password/change",
                        .headers = {{"Authorization", "Bearer " + ada.token}},
                        .body = change_body(TestBackend::password, "password no " + std::to_string(i))});
  }
  EXPECT_THAT(backend.at_once(requests), testing::ElementsAre(200, 401, 401, 401, 401, 401));
}

}  // namespace
}  // namespace ashlar::test
