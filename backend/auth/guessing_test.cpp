// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/guessing.hpp"

#include "ashlar/api/memory_rate_limits.hpp"
#include "ashlar/api/redis_rate_limits.hpp"
#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "tests/support/redis_server.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <vector>

namespace ashlar::backend {
namespace {

using namespace std::chrono_literals;

constexpr auto key = "a key of the tests that is long enough";

// One process that counts guesses, as if everything blocked.
class Counter {
 public:
  Counter(api::RateLimitStore& store, const Clock& clock, Random& random, log::Logger& logger,
          GuessingOptions options = {})
      : guessing_(store, key, options), call_({&clock, &random, &logger}, "test") {}

  // Counts a guess that stays counted; false: it may not be made.
  bool fails(const Guess& guess) {
    const auto attempt = may_try(guess);
    if (attempt) guessing_.failed(call_, *attempt);
    return attempt.has_value();
  }
  bool succeeds(const Guess& guess) {
    const auto attempt = may_try(guess);
    if (attempt) async::run_to_end(loop_, guessing_.succeeded(call_, *attempt));
    return attempt.has_value();
  }
  Result<Guessing::Attempt> may_try(const Guess& guess) {
    return async::run_to_end(loop_, guessing_.may_try(call_, guess));
  }
  boost::asio::io_context& loop() { return loop_; }
  Guessing& guessing() { return guessing_; }
  api::Call& call() { return call_; }

 private:
  boost::asio::io_context loop_{1};
  Guessing guessing_;
  api::SystemCall call_;
};

class GuessBounds : public testing::Test {
 protected:
  static log::LogOptions silent() {
    log::LogOptions out;
    out.console = log::LogOptions::Console::none;
    return out;
  }
  [[nodiscard]] Guess of_ada() const {
    return {.of = Guess::Of::password, .account = ada_, .email_key = {}, .device = {}};
  }
  [[nodiscard]] Guess from(const Uuid& device) const {
    Guess out = of_ada();
    out.device = device;
    return out;
  }
  static int count(Counter& counter, const Guess& guess) {
    int out = 0;
    while (out < 10'000 && counter.fails(guess)) ++out;
    return out;
  }

  ManualClock clock_{Timestamp::parse("2026-05-04T08:30:00Z").value()};
  SystemRandom random_;
  log::Logger logger_{silent(), clock_};
  api::MemoryRateLimits store_{1000};
  const Uuid ada_ = Uuid::make(clock_, random_);
  const Uuid laptop_ = Uuid::make(clock_, random_);
};

TEST_F(GuessBounds, TakesNoBoundThatBoundsNothing) {
  EXPECT_THROW(Guessing(store_, key, {.failures_per_account_max = 1}), std::invalid_argument);
  EXPECT_THROW(Guessing(store_, key, {.failures_per_device_max = 1'000'001}), std::invalid_argument);
}

// However the guesses are spread: the worst is to wait for the whole burst, and then to take all that comes.
TEST_F(GuessBounds, LetsNoMoreThanTheBoundThroughInAny24Hours) {
  Counter counter(store_, clock_, random_, logger_, {.failures_per_account_max = 7});
  std::vector<Timestamp> guesses;
  for (int minute = 0; minute < 4 * 24 * 60; ++minute) {
    if (minute < 24 * 60 + 30 || minute > 48 * 60)
      while (counter.fails(of_ada())) guesses.push_back(clock_.now());
    clock_.advance(1min);
  }
  std::size_t most = 0;
  for (auto first = guesses.begin(); first != guesses.end(); ++first) {
    const auto last = std::ranges::lower_bound(guesses, *first + 24h);
    most = std::max(most, static_cast<std::size_t>(last - first));
  }
  EXPECT_LE(most, 7U);
  EXPECT_GE(most, 6U) << "as many as the bound says";
}

TEST_F(GuessBounds, SaysWhenTheNextOneMayBeMade) {
  Counter counter(store_, clock_, random_, logger_, {.failures_per_account_max = 10});
  EXPECT_EQ(count(counter, of_ada()), 5) << "half of them at once";
  const auto refused = counter.may_try(of_ada());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), errors::too_many_guesses);
  EXPECT_EQ(refused.error().retry_after(), std::chrono::seconds(24h) / 5);
  clock_.advance(refused.error().retry_after());
  EXPECT_EQ(count(counter, of_ada()), 1);
}

TEST_F(GuessBounds, CountsOnlyWhatWasWrong) {
  Counter counter(store_, clock_, random_, logger_, {.failures_per_account_max = 4});
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(counter.succeeds(of_ada()));
  EXPECT_EQ(count(counter, of_ada()), 2);
  EXPECT_FALSE(counter.succeeds(of_ada())) << "a right one does not begin the bound anew, nor is it tried";
}

TEST_F(GuessBounds, HoldsWhileGuessesAreInFlight) {
  Counter counter(store_, clock_, random_, logger_, {.failures_per_account_max = 6});
  std::vector<Guessing::Attempt> in_flight;
  while (auto attempt = counter.may_try(of_ada())) in_flight.push_back(*attempt);
  EXPECT_EQ(in_flight.size(), 3U);
  async::run_to_end(counter.loop(), counter.guessing().not_tried(counter.call(), in_flight.front()));
  EXPECT_EQ(count(counter, of_ada()), 1) << "one that was not tried is there again";
}

TEST_F(GuessBounds, KeepsKnownDevicesAccountsAndKindsApart) {
  Counter counter(store_, clock_, random_, logger_, {.failures_per_account_max = 8, .failures_per_device_max = 6});
  EXPECT_EQ(count(counter, of_ada()), 4);
  EXPECT_EQ(count(counter, from(laptop_)), 3) << "a known device";
  EXPECT_EQ(count(counter, from(Uuid::make(clock_, random_))), 3) << "another one";
  Guess code = of_ada();
  code.of = Guess::Of::code;
  EXPECT_EQ(count(counter, code), 4);
  Guess of_eve = of_ada();
  of_eve.account = Uuid::make(clock_, random_);
  EXPECT_EQ(count(counter, of_eve), 4);
}

TEST_F(GuessBounds, TreatsAnAddressWithoutAnAccountAsOneThatHasOne) {
  Counter counter(store_, clock_, random_, logger_, {.failures_per_account_max = 8});
  Guess unknown{.of = Guess::Of::password, .account = {}, .email_key = "eve@example.com", .device = {}};
  EXPECT_EQ(count(counter, unknown), 4);
  const auto refused = counter.may_try(unknown);
  EXPECT_EQ(count(counter, of_ada()), 4);
  const auto known = counter.may_try(of_ada());
  ASSERT_TRUE(!refused && !known);
  EXPECT_EQ(refused.error().code(), known.error().code());
  EXPECT_EQ(refused.error().message(), known.error().message());
  EXPECT_EQ(refused.error().retry_after(), known.error().retry_after());
  unknown.email_key = "bob@example.com";
  EXPECT_EQ(count(counter, unknown), 4);
}

// Two instances with one Redis have one bound; the guesses come from both at once.
TEST_F(GuessBounds, SharesTheBoundThroughRedis) {
  const tests::RedisServer server;
  boost::asio::io_context loop{1};
  redis::Clients one_client({.url = server.url(), .command_time_max = 10s});
  redis::Clients other_client({.url = server.url(), .command_time_max = 10s});
  one_client.start({&loop});
  other_client.start({&loop});
  api::RedisRateLimits one_store(one_client, {}), other_store(other_client, {});
  Guessing one(one_store, key, {.failures_per_account_max = 20}),
      other(other_store, key, {.failures_per_account_max = 20});
  api::SystemCall call({&clock_, &random_, &logger_}, "test");
  int passed = 0;
  for (int i = 0; i < 30; ++i)
    passed += async::run_to_end(loop, (i % 2 == 0 ? one : other).may_try(call, of_ada())) ? 1 : 0;
  EXPECT_EQ(passed, 10);
  one_client.close();
  other_client.close();
}

}  // namespace
}  // namespace ashlar::backend
