// SPDX-License-Identifier: Apache-2.0
#include "backend/users/passwords.hpp"

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/async/task_scope.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace ashlar::test {
namespace {

using auth::PasswordOptions;
using auth::PasswordScheme;
using http::Method;
using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::StartsWith;

std::string login_of(const std::string& email, const std::string& password) {
  return R"({"email": ")" + email + R"(", "password": ")" + password + R"("})";
}

int sign_in_status(TestBackend& backend, const std::string& password) {
  return backend.client().post("/api/auth/login", login_of("ada@example.com", password)).status;
}

std::string hash_of(const std::string& password, PasswordOptions options) {
  async::BlockingPool pool({.threads = 1, .queue_max = 1, .name = "hashing"});
  SystemRandom random;
  auth::PasswordHasher hasher(pool, random, options);
  boost::asio::io_context loop{1};
  return async::run_to_end(loop, hasher.hash(password)).value();
}

void set_hash(TestBackend& backend, const std::string& hash) {
  backend.run("update users set password_hash = $1 where email = 'ada@example.com'", {hash});
}

std::string stored_hash(TestBackend& backend) {
  std::string out;
  const auto read =
      backend.database().query_blocking({.sql = "select password_hash from users where email = 'ada@example.com'",
                                         .parameters = {},
                                         .mode = sql::Mode::read,
                                         .on_row = [&](const sql::Row& row) { out = row.text(0); }});
  EXPECT_TRUE(read);
  return out;
}

web::TestReply registered(TestBackend& backend, const std::string& password) {
  return backend.client().post("/api/auth/register",
                               R"({"name": "Ada", "email": "ada@example.com", "password": ")" + password + R"("})");
}

TEST(Passwords, OfTheirGreatestLengthCountToTheLastCharacter) {
  for (const auto scheme : {PasswordScheme::bcrypt, PasswordScheme::argon2id}) {
    TestBackend backend([scheme](backend::Settings& settings) { settings.password_hash = scheme; });
    std::string password;
    for (int i = 0; i < 127; ++i) password += static_cast<char>('a' + i * 7 % 26);
    const auto reply = registered(backend, password + "x");
    ASSERT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(sign_in_status(backend, password + "x"), 200);
    EXPECT_EQ(sign_in_status(backend, password + "y"), 401);
    EXPECT_EQ(sign_in_status(backend, password), 401);
    EXPECT_EQ(sign_in_status(backend, password + "xx"), 401) << "too long for any account: wrong, not invalid";
    EXPECT_EQ(sign_in_status(backend, password.substr(0, 72)), 401);
    EXPECT_THAT(stored_hash(backend), StartsWith(scheme == PasswordScheme::bcrypt ? "$2b$04$" : "$argon2id$"));
  }
}

TEST(Passwords, AreTheSameFromEachKeyboard) {
  TestBackend backend;
  ASSERT_EQ(registered(backend, "un caf\u00e9 au lait").status, 201);
  EXPECT_EQ(sign_in_status(backend, "un cafe\u0301 au lait"), 200) << "decomposed";
  EXPECT_EQ(sign_in_status(backend, "un caf\u00e9\u00a0au\u3000lait"), 200) << "spaces of other scripts";
  EXPECT_EQ(sign_in_status(backend, "un cafe au lait"), 401);
}

// Hashes of before are of what was sent, as it was. bcrypt by hand, since the hasher normalises.
TEST(Passwords, OfAnUnnormalisedHashSignInAndGetANormalisedOne) {
  TestBackend backend;
  ASSERT_EQ(registered(backend, "a long password").status, 201);
  // libxcrypt's of "un cafe\u0301 au lait" in its decomposed form, cost 4.
  set_hash(backend, "$2b$04$abcdefghijklmnopqrstuuiMl4jP2aesLH6dOmkaKX7cYOuQjj7Je");
  EXPECT_EQ(sign_in_status(backend, "un caf\u00e9 au lait"), 401) << "no form of it matches";
  const std::string before = stored_hash(backend);
  EXPECT_EQ(sign_in_status(backend, "un cafe\u0301 au lait"), 200);
  EXPECT_NE(stored_hash(backend), before);
  EXPECT_EQ(sign_in_status(backend, "un caf\u00e9 au lait"), 200);
  EXPECT_EQ(sign_in_status(backend, "un cafe\u0301 au lait"), 200);
}

TEST(Passwords, WithAHashOfOtherParametersGetANewOneAtSignIn) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string updated_at = backend.as(ada, Method::get, "/api/users/me").at("/data/updatedAt");
  backend.clock().advance(std::chrono::seconds(5));
  for (const auto& old :
       {PasswordOptions{.cost = 5},
        PasswordOptions{.scheme = PasswordScheme::argon2id, .argon2_memory_kib = 64, .argon2_passes = 1}}) {
    set_hash(backend, hash_of(TestBackend::password, old));
    EXPECT_EQ(sign_in_status(backend, "a wrong password"), 401);
    EXPECT_THAT(stored_hash(backend), testing::Not(StartsWith("$2b$04$"))) << "only the right one replaces it";
    EXPECT_EQ(sign_in_status(backend, TestBackend::password), 200);
    EXPECT_THAT(stored_hash(backend), StartsWith("$2b$04$"));
    const std::string now = stored_hash(backend);
    EXPECT_EQ(sign_in_status(backend, TestBackend::password), 200);
    EXPECT_EQ(stored_hash(backend), now) << "once";
  }
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users/me").at("/data/updatedAt"), updated_at);
  EXPECT_EQ(backend.client().post("/api/auth/refresh", R"({"refreshToken": ")" + ada.refresh_token + "\"}").status, 200)
      << "the other sessions go on";
}

TEST(Passwords, AllSignInsAtOncePassWhileTheirHashIsReplaced) {
  TestBackend backend;
  (void)backend.person("ada");
  for (int round = 0; round < 3; ++round) {
    set_hash(backend, hash_of(TestBackend::password, {.cost = 5}));
    const web::TestRequest request{.method = Method::post,
                                   .target = "/api/auth/login",
                                   .headers = {},
                                   .body = login_of("ada@example.com", TestBackend::password)};
    EXPECT_THAT(backend.at_once(4, request), Each(200));
    EXPECT_THAT(stored_hash(backend), StartsWith("$2b$04$"));
  }
}

TEST(Passwords, OfAnotherMadeByAnAdminAreHeldToTheSamePolicy) {
  TestBackend backend([](backend::Settings& settings) { settings.password_guess_bits_min = 20; });
  const Person admin = backend.admin();
  const auto made = [&](const std::string& password) {
    return backend.as(admin, Method::post, "/api/users",
                      R"({"name": "Grace Hopper", "email": "grace@example.com", "password": ")" + password + "\"}");
  };
  for (const auto& [password, code] :
       std::vector<std::pair<std::string, std::string>>{{"iloveyou1", "common_password"},
                                                        {"grace@example.com", "common_password"},
                                                        {"hopper12", "guessable_password"}}) {
    const auto reply = made(password);
    EXPECT_EQ(reply.status, 422) << reply.body;
    EXPECT_EQ(reply.at("/errors/0/path"), "/password");
    EXPECT_EQ(reply.at("/errors/0/code"), code);
  }
  EXPECT_EQ(made("a long password").status, 201);
}

TEST(Passwords, ThatWouldWaitTooLongForTheirHashAreRefusedAndNotCounted) {
  TestBackend backend([](backend::Settings& settings) {
    settings.bcrypt_cost = 12;
    settings.hashing_wait_max = std::chrono::milliseconds(0);
    settings.guessing = {.failures_per_account_max = 1000, .failures_per_device_max = 1000};
  });
  const web::TestRequest request{.method = Method::post,
                                 .target = "/api/auth/login",
                                 .headers = {},
                                 .body = login_of("nobody@example.com", "a wrong password")};
  const std::size_t more_than_threads = std::thread::hardware_concurrency() + 3;
  const auto statuses = backend.at_once(more_than_threads, request);
  EXPECT_THAT(statuses, Each(AnyOf(401, 503)));
  EXPECT_THAT(statuses, Contains(401));
  EXPECT_THAT(statuses, Contains(503));
}

}  // namespace
}  // namespace ashlar::test
