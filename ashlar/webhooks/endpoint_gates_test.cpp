// SPDX-License-Identifier: Apache-2.0
#include "ashlar/webhooks/endpoint_gates.hpp"

#include "ashlar/core/random.hpp"
#include "ashlar/webhooks/retry_schedule.hpp"

#include <gtest/gtest.h>

namespace ashlar::webhooks {
namespace {

using namespace std::chrono_literals;
using Outcome = EndpointGates::Outcome;

class Gates : public testing::Test {
 protected:
  std::optional<std::chrono::milliseconds> attempt(Outcome outcome, const Uuid& endpoint = {}) {
    const auto delay = gates.try_enter(endpoint);
    if (!delay) gates.leave(endpoint, outcome);
    return delay;
  }

  ManualClock clock{Timestamp::from_milliseconds(1'800'000'000'000)};
  EndpointGates gates{clock,
                      {.in_flight_max = 2,
                       .failures_max = 3,
                       .open_time_min = 1s,
                       .open_time_max = 4s,
                       .full_delay = 7ms,
                       .endpoints_max = 3}};
  const Uuid other = *Uuid::parse("01234567-89ab-7def-8123-456789abcdef");
};

TEST_F(Gates, BoundWhatIsInFlightToOneEndpoint) {
  EXPECT_FALSE(gates.try_enter({}));
  EXPECT_FALSE(gates.try_enter({}));
  EXPECT_EQ(gates.try_enter({}), 7ms);
  EXPECT_FALSE(gates.try_enter(other)) << "another endpoint";
  gates.leave({}, Outcome::undecided);
  EXPECT_FALSE(gates.try_enter({}));
}

TEST_F(Gates, OpenAfterFailuresInARowAndLetOneThroughAfterTheirTime) {
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(attempt(Outcome::failed));
  EXPECT_FALSE(attempt(Outcome::succeeded)) << "a success resets the count";
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(attempt(Outcome::failed));
  EXPECT_EQ(gates.open_breakers(), 1U);
  EXPECT_EQ(attempt(Outcome::failed), 1s);
  EXPECT_FALSE(attempt(Outcome::failed, other));
  clock.advance(400ms);
  EXPECT_EQ(attempt(Outcome::failed), 600ms);
  clock.advance(600ms);
  EXPECT_FALSE(gates.try_enter({}));
  EXPECT_EQ(gates.try_enter({}), 7ms) << "one at a time";
  gates.leave({}, Outcome::failed);
  EXPECT_EQ(attempt(Outcome::failed), 2s) << "it stays open for longer";
  clock.advance(2s);
  EXPECT_FALSE(attempt(Outcome::failed));
  clock.advance(4s);
  EXPECT_FALSE(attempt(Outcome::failed));
  EXPECT_EQ(attempt(Outcome::failed), 4s) << "but not for ever";
  clock.advance(4s);
  EXPECT_FALSE(attempt(Outcome::undecided));
  EXPECT_FALSE(attempt(Outcome::succeeded));
  EXPECT_EQ(gates.open_breakers(), 0U);
}

TEST_F(Gates, KeepABoundedNumberOfStates) {
  SeededRandom random(3);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(attempt(Outcome::failed, Uuid::make(clock, random)));
}

TEST(RetrySchedule, HasTenAttemptsIn75Hours) {
  std::chrono::milliseconds all{0};
  int attempts = 0;
  while (const auto delay = delay_after(attempts, 0s)) {
    all += *delay;
    ++attempts;
  }
  EXPECT_EQ(attempts, 10);
  EXPECT_EQ(all, 75h + 35min + 5s);
  EXPECT_FALSE(delay_after(-1, 0s));
  EXPECT_EQ(delay_after(1, 60s), 60s) << "as the receiver asks";
  EXPECT_EQ(delay_after(3, 60s), 30min) << "never earlier than scheduled";
  EXPECT_EQ(delay_after(1, 1'000h), 24h);
}

}  // namespace
}  // namespace ashlar::webhooks
