// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/memory_rate_limits.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::api {
namespace {

using namespace std::chrono_literals;
using Algorithm = RateLimit::Algorithm;

constexpr RateLimit two_a_second = {.requests = 2, .window = 1s};
constexpr RateLimitKey somebody = {.client_high = 1, .client_low = 2, .limit = 3};

RateLimitKey client(std::uint64_t number) { return {.client_low = number}; }

// A limit under a clock: each step is when a request comes, and what is said to it.
struct Step {
  std::chrono::milliseconds at;
  bool allowed;
  std::uint32_t remaining;
  std::chrono::seconds reset_after, retry_after;
};

void expect_steps(const RateLimit& limit, const std::vector<Step>& steps) {
  MemoryRateLimits limits(100);
  const Clock::Steady start{5min};
  for (const Step& step : steps) {
    const auto decision = limits.take(somebody, limit, start + step.at);
    const std::string when = limit.text() + " at " + std::to_string(step.at.count()) + " ms";
    EXPECT_EQ(decision.allowed, step.allowed) << when;
    EXPECT_EQ(decision.remaining, step.remaining) << when;
    EXPECT_EQ(decision.reset_after, step.reset_after) << when;
    EXPECT_EQ(decision.retry_after, step.retry_after) << when;
  }
}

TEST(MemoryRateLimits, CountAFixedWindow) {
  expect_steps(two_a_second, {
                                 {0ms, true, 1, 1s, 0s},
                                 {500ms, true, 0, 1s, 0s},
                                 {999ms, false, 0, 1s, 1s},  // rounded up, so that waiting that long suffices
                                 {1000ms, true, 1, 1s, 0s},
                                 {1001ms, true, 0, 1s, 0s},
                                 {1999ms, false, 0, 1s, 1s},
                                 {9000ms, true, 1, 1s, 0s},
                             });
}

TEST(MemoryRateLimits, CountASlidingWindow) {
  expect_steps({.requests = 4, .window = 10s, .algorithm = Algorithm::sliding_window},
               {
                   {9000ms, true, 3, 20s, 0s},  // the window begins here
                   {9000ms, true, 2, 20s, 0s},
                   {9000ms, true, 1, 20s, 0s},
                   {9000ms, true, 0, 20s, 0s},
                   {9000ms, false, 0, 20s, 13s},  // 10 s until it is the one before, 2.5 s until one of its 4 is gone
                   {19000ms, false, 0, 10s, 3s},  // all four still count
                   {21499ms, false, 0, 8s, 1s},   // a little over three of them
                   {21500ms, true, 0, 18s, 0s},   // three
                   {21500ms, false, 0, 18s, 3s},  // three, and the one just now
                   {26500ms, true, 1, 13s, 0s},   // one, and two of this window
                   {59000ms, true, 3, 20s, 0s},   // long gone
               });
}

TEST(MemoryRateLimits, CountATokenBucket) {
  expect_steps({.requests = 60, .window = 60s, .algorithm = Algorithm::token_bucket, .burst = 3},
               {
                   {0ms, true, 2, 1s, 0s},
                   {0ms, true, 1, 2s, 0s},
                   {0ms, true, 0, 3s, 0s},
                   {0ms, false, 0, 3s, 1s},
                   {999ms, false, 0, 3s, 1s},
                   {1000ms, true, 0, 3s, 0s},
                   {1000ms, false, 0, 3s, 1s},
                   {3000ms, true, 1, 2s, 0s},
                   {60000ms, true, 2, 1s, 0s},
               });
}

TEST(MemoryRateLimits, GiveBackWhatOneCallCounted) {
  for (const auto algorithm :
       {RateLimit::Algorithm::fixed_window, RateLimit::Algorithm::sliding_window, RateLimit::Algorithm::token_bucket}) {
    MemoryRateLimits limits(8);
    const RateLimit limit{.requests = 2, .window = 60s, .algorithm = algorithm};
    const Clock::Steady now{1h};
    limits.put_back(somebody, limit, now);
    EXPECT_EQ(limits.size(), 0U) << "giving back what was never counted";
    EXPECT_EQ(limits.take(somebody, limit, now).remaining, 1U);
    EXPECT_EQ(limits.take(somebody, limit, now).remaining, 0U);
    EXPECT_FALSE(limits.take(somebody, limit, now).allowed);
    limits.put_back(somebody, limit, now);
    EXPECT_EQ(limits.take(somebody, limit, now).remaining, 0U);
    EXPECT_FALSE(limits.take(somebody, limit, now).allowed);
    for (int i = 0; i < 3; ++i) limits.put_back(somebody, limit, now);
    EXPECT_EQ(limits.size(), 0U) << "an entry that counts nothing makes room";
    EXPECT_EQ(limits.take(somebody, limit, now).remaining, 1U) << "more than was taken is not given back";
  }
}

TEST(MemoryRateLimits, NeverLetMoreThanTheLimitThroughASlidingWindowOfEvenRequests) {
  MemoryRateLimits limits(100);
  const RateLimit limit = {.requests = 10, .window = 1s, .algorithm = Algorithm::sliding_window};
  int allowed = 0;
  for (int at = 0; at < 10'000; at += 10)
    allowed += limits.take(somebody, limit, Clock::Steady{1h} + std::chrono::milliseconds(at)).allowed ? 1 : 0;
  EXPECT_LE(allowed, 101);
  EXPECT_GE(allowed, 90);
}

TEST(MemoryRateLimits, StayOfOneSizeUnderAFloodOfAMillionAddresses) {
  constexpr std::size_t clients_max = 100'000;
  MemoryRateLimits limits(clients_max);
  EXPECT_LE(limits.memory_bytes(), clients_max * 48);
  int untouched = 0;
  for (std::uint64_t i = 0; i < 1'000'000; ++i)
    untouched += limits.take(client(i), two_a_second, Clock::Steady{1h}).remaining == 1 ? 1 : 0;
  EXPECT_EQ(untouched, 1'000'000) << "no caller pays for another";
  EXPECT_LE(limits.size(), clients_max);
  EXPECT_GE(limits.size(), clients_max * 9 / 10);
}

TEST(MemoryRateLimits, ForgetFirstWhatIsOverFirst) {
  MemoryRateLimits limits(8);  // one bucket
  const RateLimit long_one = {.requests = 1, .window = 1h};
  EXPECT_TRUE(limits.take(somebody, long_one, Clock::Steady{1h}).allowed);
  for (std::uint64_t i = 0; i < 1000; ++i) (void)limits.take(client(i), two_a_second, Clock::Steady{1h});
  EXPECT_FALSE(limits.take(somebody, long_one, Clock::Steady{1h + 59min}).allowed)
      << "a flood of short windows does not evict a long one";
  EXPECT_EQ(limits.size(), 8U);
}

TEST(MemoryRateLimits, LetExactlyTheLimitThroughFromManyThreads) {
  for (const Algorithm algorithm : {Algorithm::fixed_window, Algorithm::sliding_window, Algorithm::token_bucket}) {
    MemoryRateLimits limits(100);
    std::atomic<int> allowed = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        const RateLimit limit = {.requests = 700, .window = 1s, .algorithm = algorithm};
        for (int i = 0; i < 500; ++i) allowed += limits.take(somebody, limit, Clock::Steady{}).allowed ? 1 : 0;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(allowed, 700);
  }
}

}  // namespace
}  // namespace ashlar::api
