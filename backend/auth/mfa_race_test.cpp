// SPDX-License-Identifier: Apache-2.0
// Second factors under requests that cross.
#include "tests/support/authenticator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;

using Bodies = std::vector<std::string>;

// How often each outcome came of these calls of mfa/verify: a client for each list, all at once. A machine under load
// can refuse a call before it began (database.unavailable); it is sent again then.
std::map<std::string, int> outcomes_of(TestBackend& backend, const std::vector<Bodies>& lists) {
  std::map<std::string, int> out;
  std::mutex mutex;
  std::latch ready(static_cast<std::ptrdiff_t>(lists.size()));
  std::vector<std::thread> running;
  for (const Bodies& bodies : lists) {
    auto& client = backend.new_client();
    running.emplace_back([&, &bodies = bodies, &client = client] {
      ready.arrive_and_wait();
      for (const std::string& body : bodies) {
        std::string outcome = "database.unavailable";
        for (int sent = 0; sent < 50 && outcome == "database.unavailable"; ++sent)
          outcome = outcome_of(client.post("/api/auth/mfa/verify", body));
        const std::scoped_lock lock(mutex);
        ++out[outcome];
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  return out;
}

// 100 uses of one code, each by a sign-in of its own.
std::map<std::string, int> outcomes_of_100(TestBackend& backend, const Person& person, const std::string& code) {
  std::vector<Bodies> lists(10);
  for (Bodies& bodies : lists)
    for (int i = 0; i < 10; ++i) bodies.push_back(verify_body(begin_sign_in(backend, person), code));
  return outcomes_of(backend, lists);
}

const std::map<std::string, int> one_success_of_100 = {{"200", 1}, {"auth.invalid_code", 99}};

TEST(MfaRace, OfAHundredUsesOfACodeOneSucceeds) {
  TestBackend backend;
  backend.settings().second_factors.tokens_per_user_max = 200;
  backend.settings().second_factors.wrong_codes_per_day_max = 1'000;
  backend.restart();
  const Person ada = backend.person("ada");
  const SecondFactor factor = enable_mfa(backend, ada);
  next_step(backend);
  EXPECT_EQ(outcomes_of_100(backend, ada, factor.app.code(backend.clock().now())), one_success_of_100);
  EXPECT_EQ(outcomes_of_100(backend, ada, factor.recovery_codes[0]), one_success_of_100);
}

TEST(MfaRace, OfManyWrongCodesForOneTokenFiveAreCompared) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const SecondFactor factor = enable_mfa(backend, ada);
  const std::string body = verify_body(begin_sign_in(backend, ada), factor.app.wrong_code(backend.clock().now()));
  const std::map<std::string, int> expected = {{"auth.invalid_code", 5}, {"auth.mfa_token_invalid", 35}};
  EXPECT_EQ(outcomes_of(backend, std::vector<Bodies>(8, Bodies(5, body))), expected);
}

TEST(MfaRace, OneTokenSignsInOnce) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const SecondFactor factor = enable_mfa(backend, ada);
  const std::string token = begin_sign_in(backend, ada);
  std::vector<Bodies> lists;
  for (const std::string& code : factor.recovery_codes) lists.push_back({verify_body(token, code)});
  const std::map<std::string, int> expected = {{"200", 1}, {"auth.mfa_token_invalid", 9}};
  EXPECT_EQ(outcomes_of(backend, lists), expected) << "ten right codes";
}

// A database that runs `hook` once, after the first read outside of a transaction whose text contains `part`.
class HookedDatabase final : public sql::Database {
 public:
  HookedDatabase(sql::Database& inner, std::string part, std::function<void()> hook)
      : inner_(inner), part_(std::move(part)), hook_(std::move(hook)) {}

  [[nodiscard]] sql::Dialect dialect() const override { return inner_.dialect(); }
  Task<Result<sql::Outcome>> execute(sql::Statement statement) override {
    const bool hooked = std::string_view(statement.sql).contains(part_);
    auto outcome = co_await inner_.execute(std::move(statement));
    if (hooked && hook_) std::exchange(hook_, nullptr)();
    co_return outcome;
  }
  Task<Result<sql::Transaction>> begin() override { return inner_.begin(); }
  Task<Result<>> ping(std::chrono::milliseconds within) override { return inner_.ping(within); }
  [[nodiscard]] sql::DatabaseLoad load() const override { return inner_.load(); }
  Result<> run_script(std::string_view sql) override { return inner_.run_script(sql); }
  Result<> query_blocking(const sql::Statement& statement) override { return inner_.query_blocking(statement); }
  Result<std::unique_ptr<sql::MigrationLock>> lock_migrations(std::chrono::milliseconds wait_max) override {
    return inner_.lock_migrations(wait_max);
  }
  Result<> dry_run(std::string_view script, std::span<const sql::Statement> reads) override {
    return inner_.dry_run(script, reads);
  }
  Result<sql::StatementShape> describe_blocking(std::string_view sql) override { return inner_.describe_blocking(sql); }
  void close() override {}

 private:
  sql::Database& inner_;
  const std::string part_;
  std::function<void()> hook_;
};

// The account is read, and its password is verified, before the second factor is turned on; the session would be opened
// after it.
TEST(MfaRace, ASignInInProgressWhileTheFactorIsTurnedOnGetsNoTokens) {
  std::unique_ptr<web::TestClient> client;  // its loop outlives the database, which answers into it
  TestBackend backend;
  const Person ada = backend.person("ada");
  HookedDatabase hooked(backend.database(), R"("email_key" = )", [&] { (void)enable_mfa(backend, ada); });
  SystemRandom random;
  log::Logger logger({.console = log::LogOptions::Console::none}, backend.clock());
  backend::Application application(
      backend.settings(),
      backend::Dependencies{.clock = backend.clock(), .random = random, .logger = logger, .database = hooked});
  client = std::make_unique<web::TestClient>(application.app());
  const auto reply = client->post("/api/auth/login", R"({"email": "ada@example.com", "password": "a long password"})");
  application.cache().close();
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_TRUE(reply.has("/data/mfaToken")) << reply.body;
  EXPECT_FALSE(reply.has("/data/accessToken"));
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users/me").at("/data/mfaEnabled"), "true");
}

}  // namespace
}  // namespace ashlar::test
