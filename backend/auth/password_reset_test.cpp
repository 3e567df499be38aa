// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/client.hpp"
#include "ashlar/async/task_scope.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* subject = "Reset your password";
constexpr const char* changed = "Your password was changed";

std::string forgot_body(const std::string& email) { return R"({"email": ")" + email + R"("})"; }
std::string reset_body(const std::string& token, const std::string& password = "another password") {
  return R"({"token": ")" + token + R"(", "password": ")" + password + R"("})";
}
Scenario wrong(std::string name, const std::string& token) {
  return {std::move(name), "POST /api/auth/password/reset", reset_body(token), 422, "auth.challenge_invalid"};
}
std::string requested(TestBackend& backend, const std::string& email) {
  const auto reply = backend.client().post("/api/auth/password/forgot", forgot_body(email));
  EXPECT_EQ(reply.status, 202) << reply.body;
  return backend.mailed_token(email, subject);
}
int reset(TestBackend& backend, const std::string& token) {
  return backend.client().post("/api/auth/password/reset", reset_body(token)).status;
}
int signs_in(TestBackend& backend, const std::string& email, const std::string& password) {
  return backend.client()
      .post("/api/auth/login", R"({"email": ")" + email + R"(", "password": ")" + password + R"("})")
      .status;
}

TEST(PasswordReset, Refuses) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string token = requested(backend, ada.email);
  const std::string forgot = "POST /api/auth/password/forgot";
  const std::string route = "POST /api/auth/password/reset";
  const auto invalid = [&](std::string name, std::string body, std::vector<std::string> faults) {
    return Scenario{std::move(name), route, std::move(body), 422, "request.invalid", std::move(faults)};
  };
  expect_refusals(
      backend.client(),
      without_a_readable_body(forgot, forgot_body(ada.email), "") +
          without_a_readable_body(route, reset_body(token), "") +
          std::vector<Scenario>{
              {"no address", forgot, "{}", 422, "request.invalid", {"/email required"}},
              {"a header for an address",
               forgot,
               forgot_body("ada@example.com\\r\\nBcc: eve@example.com"),
               422,
               "request.invalid",
               {"/email email"}},
              {"a book for an address", forgot, forgot_body(std::string(100'000, 'a') + "@example.com"), 413,
               "request.body_too_large"},
              invalid("nothing", "{}", {"/token required", "/password required"}),
              invalid("a short password", reset_body(token, "short"), {"/password too_short"}),
              invalid("a long token", reset_body(std::string(513, 'a')), {"/token too_long"}),
              wrong("gibberish", "gibberish"),
              wrong("the token of a verification", backend.mailed_token(ada.email, "Confirm your e-mail address")),
          });
  EXPECT_EQ(signs_in(backend, ada.email, TestBackend::password), 200);
  EXPECT_EQ(reset(backend, token), 204) << "no refusal used it";
}

TEST(PasswordReset, SetsThePasswordAndEndsAllSessions) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person elsewhere = backend.sign_in(ada.email);
  const Person eve = backend.person("eve");
  const std::string verification = backend.mailed_token(ada.email, "Confirm your e-mail address");
  const std::string other = requested(backend, ada.email);
  ASSERT_EQ(backend.client().post("/api/auth/password/forgot", forgot_body("ADA@example.com")).status, 202);
  const std::string token = backend.mailed_token(ada.email, subject);
  ASSERT_NE(token, other);

  const auto reply = backend.client().post("/api/auth/password/reset", reset_body(token));
  EXPECT_EQ(reply.status, 204) << reply.body;
  EXPECT_EQ(signs_in(backend, ada.email, TestBackend::password), 401);
  EXPECT_EQ(signs_in(backend, ada.email, "another password"), 200);
  for (const Person& person : {ada, elsewhere})
    EXPECT_EQ(backend.as(person, Method::get, "/api/users/me").at("/code"), "auth.token_revoked");
  EXPECT_EQ(backend.client().post("/api/auth/refresh", R"({"refreshToken": ")" + ada.refresh_token + "\"}").status,
            401);
  EXPECT_EQ(backend.as(eve, Method::get, "/api/users/me").status, 200);

  expect_refusals(backend.client(), {wrong("the used one", token), wrong("another open one", other)});
  EXPECT_EQ(backend.client().post("/api/auth/verify-email", R"({"token": ")" + verification + "\"}").status, 422);
  const auto admin = backend.admin();
  EXPECT_EQ(backend.as(admin, Method::get, "/api/users/" + ada.id).at("/data/emailVerified"), "true")
      << "the token came to that address";
  EXPECT_EQ(backend.mails_to(ada.email)[1].subject.view(), changed) << "before the sign-in above";
}

TEST(PasswordReset, AnswersAnUnknownAddressAlike) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const auto known = backend.client().post("/api/auth/password/forgot", forgot_body(ada.email));
  const auto unknown = backend.client().post("/api/auth/password/forgot", forgot_body("eve@example.com"));
  EXPECT_EQ(known.status, 202);
  EXPECT_EQ(unknown.status, 202);
  EXPECT_EQ(known.body, unknown.body);
  EXPECT_EQ(known.at("/data/expiresIn"), "1800");
  EXPECT_THAT(backend.mails_to("eve@example.com"), IsEmpty());
}

TEST(PasswordReset, EndsAfterHalfAnHour) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string first = requested(backend, ada.email);
  backend.clock().advance(std::chrono::minutes{1});
  const std::string second = requested(backend, ada.email);
  backend.clock().advance(std::chrono::minutes{29});
  expect_refusals(backend.client(), {wrong("an expired one", first)});
  EXPECT_EQ(reset(backend, second), 204);
}

TEST(PasswordReset, MailsNoMoreThanFiveAnHourAndAnswersAlike) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  std::vector<std::string> tokens;
  for (int i = 0; i < 5; ++i) {
    backend.clock().advance(std::chrono::seconds{1});
    tokens.push_back(requested(backend, ada.email));
  }
  const auto reply = backend.client().post("/api/auth/password/forgot", forgot_body(ada.email));
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.at("/data/expiresIn"), "1800");
  EXPECT_THAT(backend.mails_to(ada.email), SizeIs(6)) << "five, and the verification";
  expect_refusals(backend.client(), {wrong("the first", tokens[0]), wrong("the second", tokens[1])});
  EXPECT_EQ(reset(backend, tokens[2]), 204) << "a request beyond the limit replaces nothing";
  backend.clock().advance(std::chrono::hours{1});
  EXPECT_NE(requested(backend, ada.email), tokens[4]);
}

TEST(PasswordReset, WithATokenOfAnAddressThatTheAccountHadIsRefused) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string token = requested(backend, ada.email);
  ASSERT_EQ(backend.as(ada, Method::patch, "/api/users/me", R"({"email": "ada@example.org"})").status, 200);
  expect_refusals(backend.client(), {wrong("the old address's token", token)});
  // Not even when a row outlived the change.
  ASSERT_TRUE(backend.database().query_blocking(
      {.sql = "update challenges set status = 'open'", .parameters = {}, .mode = sql::Mode::write, .on_row = {}}));
  expect_refusals(backend.client(), {wrong("the same, open", token)});
  ASSERT_EQ(backend.as(ada, Method::patch, "/api/users/me", R"({"email": "ada@example.com"})").status, 200);
  expect_refusals(backend.client(), {wrong("after the way back", token)});
}

TEST(PasswordReset, OfAnAccountThatIsGoneIsRefused) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string token = requested(backend, ada.email);
  ASSERT_EQ(backend.as(backend.admin(), Method::remove, "/api/users/" + ada.id).status, 204);
  expect_refusals(backend.client(), {wrong("a token without an account", token)});
  (void)backend.person("ada");
  expect_refusals(backend.client(), {wrong("the same for the next account of the address", token)});
}

TEST(PasswordReset, OutlivesARestart) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string token = requested(backend, ada.email);
  backend.restart();
  EXPECT_EQ(reset(backend, token), 204);
}

Task<> call_and_count(const api::Client* client, std::string json, std::atomic<int>* succeeded,
                      std::atomic<int>* refused) {
  const auto reply = co_await client->call("resetPassword", std::move(json), {});
  if (reply) {
    ++*succeeded;
  } else if (reply.error().code().name == "auth.challenge_invalid") {
    ++*refused;
  }
}

TEST(PasswordReset, OneTokenAHundredTimesAtOnceWorksOnce) {
  TestBackend backend([](backend::Settings& settings) {
    settings.hashing_wait_max = std::chrono::minutes{1};
    settings.guessing.failures_per_account_max = 1'000;
  });
  const Person ada = backend.person("ada");
  const std::string token = requested(backend, ada.email);
  constexpr int threads = 4, calls = 25;
  std::atomic<int> succeeded = 0, refused = 0;
  const api::Client client(backend.application().app().api());
  std::latch ready(threads);
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    auto& loop = backend.new_client().loop();
    running.emplace_back([&, i] {
      async::TaskScope tasks(loop);
      for (int call = 0; call < calls; ++call) {
        const std::string password = "password no " + std::to_string(i * calls + call);
        tasks.start(call_and_count(&client, reset_body(token, password), &succeeded, &refused));
      }
      ready.arrive_and_wait();
      async::run_to_end(loop, tasks.join());
    });
  }
  for (std::thread& thread : running) thread.join();
  EXPECT_EQ(succeeded, 1);
  EXPECT_EQ(refused, threads * calls - 1);
  int passwords = 0;
  for (int i = 0; i < threads * calls; ++i)
    passwords += signs_in(backend, ada.email, "password no " + std::to_string(i)) == 200 ? 1 : 0;
  EXPECT_EQ(passwords, 1);
}

// Whatever the order, no session that the old password opened outlives the reset.
TEST(PasswordReset, LeavesNoSessionOfASignInThatItRaces) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string token = requested(backend, ada.email);
  constexpr int threads = 4, sign_ins = 5;
  std::latch ready(threads + 1);
  std::vector<std::vector<std::string>> opened(threads);
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    auto& client = backend.new_client();
    running.emplace_back([&opened = opened[static_cast<std::size_t>(i)], &client, &ready] {
      ready.arrive_and_wait();
      for (int turn = 0; turn < sign_ins; ++turn) {
        const auto reply =
            client.post("/api/auth/login", R"({"email": "ada@example.com", "password": "a long password"})");
        if (reply.status == 200) opened.push_back(reply.at("/data/accessToken"));
      }
    });
  }
  auto& client = backend.new_client();
  ready.arrive_and_wait();
  EXPECT_EQ(client.post("/api/auth/password/reset", reset_body(token)).status, 204);
  for (std::thread& thread : running) thread.join();
  for (const auto& tokens : opened) {
    for (const std::string& access : tokens) {
      const Person person{.id = {}, .email = {}, .token = access, .refresh_token = {}};
      EXPECT_EQ(backend.as(person, Method::get, "/api/users/me").status, 401);
    }
  }
}

}  // namespace
}  // namespace ashlar::test
