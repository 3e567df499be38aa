// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/address_counts.hpp"

#include <gtest/gtest.h>

namespace ashlar::http::detail {
namespace {

IpAddress address(std::string_view text) { return *IpAddress::parse(text); }

TEST(AddressCounts, EachAddressHasItsOwnNumber) {
  AddressCounts counts;
  EXPECT_TRUE(counts.enter(address("192.0.2.1"), 2));
  EXPECT_TRUE(counts.enter(address("::ffff:192.0.2.1"), 2));
  EXPECT_FALSE(counts.enter(address("192.0.2.1"), 2));
  EXPECT_TRUE(counts.enter(address("192.0.2.2"), 2));
  counts.leave(address("192.0.2.1"));
  EXPECT_TRUE(counts.enter(address("192.0.2.1"), 2));
}

TEST(AddressCounts, AnIpv6ClientIsItsNetwork) {
  AddressCounts counts;
  EXPECT_TRUE(counts.enter(address("2001:db8:0:1::1"), 1));
  EXPECT_FALSE(counts.enter(address("2001:db8:0:1:ffff::2"), 1));
  EXPECT_TRUE(counts.enter(address("2001:db8:0:2::1"), 1));
}

TEST(AddressCounts, KnowsOnlyWhoIsConnected) {
  AddressCounts counts;
  for (int round = 0; round < 3; ++round) {
    for (std::uint8_t i = 0; i < 200; ++i) EXPECT_TRUE(counts.enter(IpAddress::of_ipv4({10, 0, 0, i}), 1));
    EXPECT_EQ(counts.addresses(), 200U);
    for (std::uint8_t i = 0; i < 200; ++i) counts.leave(IpAddress::of_ipv4({10, 0, 0, i}));
    EXPECT_EQ(counts.addresses(), 0U);
  }
}

}  // namespace
}  // namespace ashlar::http::detail
