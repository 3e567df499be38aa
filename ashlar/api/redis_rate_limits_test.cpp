// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/redis_rate_limits.hpp"

#include "ashlar/async/task_scope.hpp"
#include "tests/support/redis_server.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace ashlar::api {
namespace {

using namespace std::chrono_literals;
using Algorithm = RateLimit::Algorithm;
using Time = RedisRateLimitOptions::Time;
using tests::RedisServer;

constexpr RateLimitKey somebody = {.client_high = 1, .client_low = 2, .limit = 3};
const Clock::Steady start{5min};

// One instance: its loop, its connection to Redis, its limits; as if everything blocked.
class Instance {
 public:
  explicit Instance(const RedisServer& server, Time time = Time::redis, std::chrono::milliseconds time_max = 10s)
      : clients_({.url = server.url(), .command_time_max = time_max}), limits_(clients_, {.time = time}) {
    clients_.start({&loop_});
  }
  ~Instance() { clients_.close(); }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  RateLimitDecision take(const RateLimit& limit, Clock::Steady now = start) {
    return async::run_to_end(loop_, limits_.take_later(somebody, limit, now));
  }
  void give_back(const RateLimit& limit, Clock::Steady now = start) {
    async::run_to_end(loop_, limits_.give_back(somebody, limit, now));
  }
  Result<redis::Reply> command(std::vector<std::string> words) {
    return async::run_to_end(loop_, clients_.command(std::move(words)));
  }
  boost::asio::io_context& loop() { return loop_; }
  RedisRateLimits& limits() { return limits_; }
  [[nodiscard]] bool is_down() const { return clients_.figures().breaker_open != 0; }

 private:
  boost::asio::io_context loop_{1};
  redis::Clients clients_;
  RedisRateLimits limits_;
};

TEST(RedisRateLimits, AreSharedByTheInstances) {
  const RedisServer server;
  Instance one(server), other(server);
  const RateLimit limit{.requests = 3};
  EXPECT_EQ(one.take(limit).remaining, 2U);
  EXPECT_EQ(other.take(limit).remaining, 1U);
  EXPECT_EQ(one.take(limit).remaining, 0U);
  for (Instance* each : {&one, &other}) {
    const auto refused = each->take(limit);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.limit, 3U);
    EXPECT_EQ(refused.retry_after, 60s);
    EXPECT_EQ(refused.reset_after, 60s);
    EXPECT_EQ(each->limits().decided_locally(), 0U);
  }
}

// The same requests at the same times get the same answers as from the table in memory.
TEST(RedisRateLimits, AnswerAsThoseInMemory) {
  const RedisServer server;
  Instance redis(server, Time::caller);
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 chance(seed);
  const auto any = [&](int least, int most) { return std::uniform_int_distribution<int>(least, most)(chance); };
  for (const Algorithm algorithm : {Algorithm::fixed_window, Algorithm::sliding_window, Algorithm::token_bucket}) {
    for (int round = 0; round < 12; ++round) {
      const bool has_burst = algorithm == Algorithm::token_bucket && any(0, 1) == 1;
      // Parts of a second that are whole microseconds: others are cut, see the header.
      const std::uint32_t requests = 1U << static_cast<unsigned>(any(0, 4));
      const RateLimit limit = {.requests = requests,
                               .window = std::chrono::seconds(any(1, 3) + 10 * round),
                               .algorithm = algorithm,
                               .burst = has_burst ? static_cast<std::uint32_t>(any(1, 5)) : 0};
      MemoryRateLimits memory(100);
      Clock::Steady now = start;
      for (int i = 0; i < 60; ++i) {
        const auto expected = memory.take(somebody, limit, now);
        const auto told = redis.take(limit, now);
        SCOPED_TRACE(limit.text() + ", request " + std::to_string(i));
        ASSERT_EQ(told.allowed, expected.allowed);
        ASSERT_EQ(told.limit, expected.limit);
        ASSERT_EQ(told.remaining, expected.remaining);
        ASSERT_EQ(told.reset_after, expected.reset_after);
        ASSERT_EQ(told.retry_after, expected.retry_after);
        const auto step = limit.window / static_cast<int>(requests);
        if (any(0, 2) > 0) now += std::chrono::microseconds(step) * any(0, 150) / 100;
        if (any(0, 15) == 0) now += limit.window * any(1, 2);
      }
      ASSERT_TRUE(redis.command({"FLUSHALL"}));
    }
  }
  EXPECT_EQ(redis.limits().decided_locally(), 0U);
}

Task<> count_allowed(RedisRateLimits& limits, const RateLimit& limit, int& allowed) {
  allowed += (co_await limits.take_later(somebody, limit, start)).allowed ? 1 : 0;
}

TEST(RedisRateLimits, GiveBackWhatOneCallCounted) {
  const RedisServer server;
  Instance one(server, Time::caller), other(server, Time::caller);
  for (const auto algorithm : {Algorithm::fixed_window, Algorithm::sliding_window, Algorithm::token_bucket}) {
    const RateLimit limit{.requests = 2, .window = 60s, .algorithm = algorithm};
    one.give_back(limit);
    EXPECT_EQ(one.take(limit).remaining, 1U) << "nothing was counted";
    EXPECT_EQ(one.take(limit).remaining, 0U);
    EXPECT_FALSE(other.take(limit).allowed);
    other.give_back(limit);
    EXPECT_EQ(one.take(limit).remaining, 0U);
    EXPECT_FALSE(one.take(limit).allowed);
    for (int i = 0; i < 3; ++i) other.give_back(limit);
    EXPECT_EQ(one.command({"DBSIZE"})->integer, 0) << "a key that counts nothing is deleted";
    EXPECT_EQ(one.take(limit).remaining, 1U);
    one.give_back(limit);
  }
}

TEST(RedisRateLimits, LetExactlyTheLimitThroughAtOnce) {
  const RedisServer server;
  Instance one(server);
  const RateLimit limit{.requests = 100};
  int allowed = 0;
  async::TaskScope many(one.loop());
  for (int i = 0; i < 500; ++i) many.start(count_allowed(one.limits(), limit, allowed));
  async::run_to_end(one.loop(), many.join());
  EXPECT_EQ(allowed, 100);
}

TEST(RedisRateLimits, LeaveNothingBehindWhenAWindowIsOver) {
  const RedisServer server;
  Instance one(server);
  for (const Algorithm algorithm : {Algorithm::fixed_window, Algorithm::sliding_window, Algorithm::token_bucket})
    EXPECT_TRUE(one.take({.requests = 2, .window = 30s, .algorithm = algorithm}).allowed);
  const auto keys = one.command({"KEYS", "*"});
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->items.size(), 3U) << "each algorithm has its own";
  for (const auto& key : keys->items) {
    EXPECT_TRUE(key.text.starts_with("ashlar:limit:")) << key.text;
    const auto left = one.command({"PTTL", key.text});
    EXPECT_GT(left->integer, 0);
    EXPECT_LE(left->integer, 60'000);
  }
}

TEST(RedisRateLimits, SendTheirScriptAgainToARedisThatWasRestarted) {
  RedisServer server;
  Instance one(server);
  EXPECT_TRUE(one.take({.requests = 5}).allowed);
  EXPECT_EQ(one.command({"SCRIPT", "FLUSH"})->text, "OK");
  EXPECT_EQ(one.take({.requests = 5}).remaining, 3U);
}

TEST(RedisRateLimits, AreEachInstancesOwnWhileRedisIsUnreachable) {
  RedisServer server;
  Instance one(server), other(server);
  const RateLimit limit{.requests = 2};
  EXPECT_EQ(one.take(limit).remaining, 1U);
  server.kill();
  for (Instance* each : {&one, &other}) {
    EXPECT_EQ(each->take(limit).remaining, 1U);
    EXPECT_EQ(each->take(limit).remaining, 0U);
    EXPECT_FALSE(each->take(limit).allowed);
    EXPECT_EQ(each->limits().decided_locally(), 3U);
  }
  server.start();
  while (one.is_down() || other.is_down()) {
    (void)one.loop().run_one_for(5ms);
    (void)other.loop().run_one_for(5ms);
  }
  EXPECT_EQ(one.take(limit).remaining, 1U);
  EXPECT_EQ(other.take(limit).remaining, 0U);
}

// The first waits for its time; later ones do not wait.
TEST(RedisRateLimits, WaitForARedisThatHangsNoLongerThanTheirTime) {
  RedisServer server;
  Instance one(server, Time::redis, 50ms);
  const RateLimit limit{.requests = 1000};
  EXPECT_EQ(one.take(limit).remaining, 999U);
  server.hang();
  int waited = 0;
  for (int i = 0; i < 200; ++i) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(one.take(limit).allowed);
    waited += std::chrono::steady_clock::now() - began >= 50ms ? 1 : 0;
  }
  EXPECT_GE(waited, 1);
  EXPECT_LE(waited, 10) << "but for those that a busy machine held up";
  EXPECT_TRUE(one.is_down());
  EXPECT_EQ(one.limits().decided_locally(), 200U);
  server.go_on();
  while (one.is_down()) (void)one.loop().run_one_for(5ms);
  EXPECT_LE(one.take(limit).remaining, 998U);
  EXPECT_EQ(one.limits().decided_locally(), 200U);
}

}  // namespace
}  // namespace ashlar::api
