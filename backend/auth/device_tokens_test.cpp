// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/device_tokens.hpp"

#include "ashlar/core/clock.hpp"

#include <gtest/gtest.h>

namespace ashlar::backend {
namespace {

using namespace std::chrono_literals;

class KnownDevices : public testing::Test {
 protected:
  static constexpr auto key = "a key of the tests that is long enough";
  ManualClock clock_{Timestamp::parse("2026-05-04T08:30:00Z").value()};
  SystemRandom random_;
  const Uuid ada_ = Uuid::make(clock_, random_);
  const Uuid eve_ = Uuid::make(clock_, random_);
  const DeviceTokens tokens_{key, 24h};
};

TEST_F(KnownDevices, AreGoodForTheirAccountAlone) {
  const auto token = tokens_.issue(ada_, clock_.now(), random_);
  EXPECT_EQ(token.expires_at, clock_.now() + 24h);
  EXPECT_TRUE(tokens_.device_of(token.token, ada_, clock_.now()));
  EXPECT_FALSE(tokens_.device_of(token.token, eve_, clock_.now()));
}

TEST_F(KnownDevices, NameTheirDevice) {
  const auto one = tokens_.issue(ada_, clock_.now(), random_).token;
  const auto other = tokens_.issue(ada_, clock_.now(), random_).token;
  EXPECT_EQ(tokens_.device_of(one, ada_, clock_.now()), tokens_.device_of(one, ada_, clock_.now()));
  EXPECT_NE(tokens_.device_of(one, ada_, clock_.now()), tokens_.device_of(other, ada_, clock_.now()));
}

TEST_F(KnownDevices, EndAndCannotBeMadeUp) {
  const auto token = tokens_.issue(ada_, clock_.now(), random_).token;
  EXPECT_FALSE(tokens_.device_of(token, ada_, clock_.now() + 24h));
  EXPECT_FALSE(tokens_.device_of("", ada_, clock_.now()));
  EXPECT_FALSE(tokens_.device_of(token.substr(1), ada_, clock_.now()));
  EXPECT_FALSE(tokens_.device_of(ada_.to_string(), ada_, clock_.now()));
  const DeviceTokens others("another key that is long enough, too", 24h);
  EXPECT_FALSE(tokens_.device_of(others.issue(ada_, clock_.now(), random_).token, ada_, clock_.now()));
}

}  // namespace
}  // namespace ashlar::backend
