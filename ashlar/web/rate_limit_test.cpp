// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/rate_limit.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;

constexpr RateLimit two_a_second = {2, 1s};

TEST(RateLimit, CountsAnIpv6NetworkAsOneClientAndMappedAddressesAsThemselves) {
  const auto key = [](std::string_view address) { return RateLimitKey::of_address(address, 0); };
  EXPECT_EQ(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_NE(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
  EXPECT_EQ(key("::ffff:192.0.2.1"), key("192.0.2.1"));
  EXPECT_NE(key("::ffff:192.0.2.1"), key("::ffff:192.0.2.2"));
  EXPECT_NE(key("192.0.2.1"), key("192.0.2.2"));
  EXPECT_NE(key("here"), key("there"));
  EXPECT_NE(key("192.0.2.1"), RateLimitKey::of_address("192.0.2.1", 1));
}

TEST(RateLimit, RefusesPastTheLimitUntilTheWindowEnds) {
  FixedWindowStore store(100);
  const auto key = RateLimitKey::of_address("192.0.2.1", 0);
  const Clock::Steady start{};
  EXPECT_EQ(store.take(key, two_a_second, start).remaining, 1U);
  EXPECT_TRUE(store.take(key, two_a_second, start + 500ms).allowed);
  const auto refused = store.take(key, two_a_second, start + 999ms);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.reset_after, 1s) << "rounded up, so that whoever waits that long gets through";
  EXPECT_TRUE(store.take(key, two_a_second, start + 1s).allowed);
}

TEST(RateLimit, KeepsABoundedNumberOfClients) {
  FixedWindowStore store(160);
  for (int i = 0; i < 10'000; ++i) {
    const std::string address = "10.0." + std::to_string(i / 256) + '.' + std::to_string(i % 256);
    EXPECT_TRUE(store.take(RateLimitKey::of_address(address, 0), two_a_second, Clock::Steady{}).allowed);
  }
  EXPECT_LE(store.size(), 160U);
  EXPECT_GE(store.size(), 100U);
}

TEST(RateLimit, LetsExactlyTheLimitThroughFromManyThreads) {
  FixedWindowStore store(100);
  std::atomic<int> allowed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i)
        allowed += store.take(RateLimitKey::of_address("192.0.2.1", 0), {700, 1s}, Clock::Steady{}).allowed ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(allowed, 700);
}

}  // namespace
}  // namespace ashlar::web
