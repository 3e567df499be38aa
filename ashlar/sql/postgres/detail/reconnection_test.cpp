// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/reconnection.hpp"

#include "ashlar/sql/postgres/detail/errors.hpp"

#include <gtest/gtest.h>

namespace ashlar::sql::postgres::detail {
namespace {

using namespace std::chrono_literals;

TEST(Reconnection, WaitsLongerAfterEachFailureUpToItsLimit) {
  Reconnection reconnection(1s, 7);
  Reconnection::Time now{};
  EXPECT_TRUE(reconnection.may_try(now));
  for (int attempt = 0; attempt < 100; ++attempt) {
    reconnection.failed(now, unavailable("refused"));
    EXPECT_FALSE(reconnection.may_try(now));
    const auto longest = std::min<std::chrono::milliseconds>(1s, 50ms * (1 << std::min(attempt, 10)));
    EXPECT_FALSE(reconnection.may_try(now + longest / 2 - 1ms));
    EXPECT_TRUE(reconnection.may_try(now + longest));
    now += longest;
  }
  EXPECT_TRUE(reconnection.succeeded());
  EXPECT_TRUE(reconnection.may_try(now));
  EXPECT_FALSE(reconnection.succeeded()) << "it was not away";
}

TEST(Reconnection, IsUnreachableOnlyForAWhile) {
  Reconnection reconnection(1s, 7);
  Reconnection::Time now{};
  reconnection.failed(now, unavailable("refused"));
  EXPECT_FALSE(reconnection.is_down(now, 1s)) << "it may be a restart";
  now += 5s;
  EXPECT_FALSE(reconnection.is_down(now, 1s)) << "that was long ago";
  reconnection.failed(now, unavailable("refused"));
  EXPECT_TRUE(reconnection.is_down(now, 1s));
  EXPECT_FALSE(reconnection.is_down(now + 1s, 1s)) << "time to try again";
}

}  // namespace
}  // namespace ashlar::sql::postgres::detail
