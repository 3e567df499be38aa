// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/ip_address.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar {
namespace {

TEST(IpAddress, RefusesWhatIsNoAddress) {
  for (const std::string text : {"",           " ",        "1.2.3",      "1.2.3.4.5", "256.0.0.1",
                                 "01.2.3.4",   "1.2.3.4 ", " 1.2.3.4",   "1.2.3.x",   "0x7f.0.0.1",
                                 "2130706433", ":::",      "1::2::3",    "12345::",   "fe80::1%eth0",
                                 "[::1]",      "::1:80:",  "1.2.3.4:80", "localhost", "::ffff:1.2.3.4.5"})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  EXPECT_FALSE(IpAddress::parse(std::string("1.2.3.4\0x", 9)));
  EXPECT_FALSE(IpAddress::parse(std::string(200, '1')));
}

TEST(IpAddress, IsTheSameInAllItsWritings) {
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.1"), IpAddress::parse("192.0.2.1"));
  EXPECT_EQ(IpAddress::parse("2001:DB8::1"), IpAddress::parse("2001:db8:0:0:0:0:0:1"));
  EXPECT_TRUE(IpAddress::parse("192.0.2.1")->is_ipv4());
  EXPECT_FALSE(IpAddress::parse("::1")->is_ipv4());
}

TEST(IpNetwork, RefusesWhatIsNoNetwork) {
  for (const std::string text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/ 8", "10.0.0.0/08", "10.0.0.0/8/8",
        "10.0.0.1/8", "2001:db8::1/64", "10.0.0.0/255.0.0.0", "*"})
    EXPECT_FALSE(IpNetwork::parse(text)) << text;
}

TEST(IpNetwork, HoldsItsAddressesAndNoOthers) {
  struct Case {
    std::string network, inside, outside;
  };
  for (const auto& c : std::vector<Case>{{"10.0.0.0/8", "10.255.255.255", "11.0.0.0"},
                                         {"172.16.0.0/12", "172.31.255.255", "172.32.0.0"},
                                         {"192.0.2.7", "192.0.2.7", "192.0.2.6"},
                                         {"192.0.2.0/31", "192.0.2.1", "192.0.2.2"},
                                         {"10.0.0.0/8", "::ffff:10.1.2.3", "::10.1.2.3"},
                                         {"0.0.0.0/0", "203.0.113.9", "2001:db8::1"},
                                         {"::ffff:10.0.0.0/104", "10.9.9.9", "11.9.9.9"},
                                         {"fd00::/8", "fdff::1", "fc00::1"},
                                         {"2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"},
                                         {"::1", "::1", "::2"}}) {
    const auto network = IpNetwork::parse(c.network);
    ASSERT_TRUE(network) << c.network;
    EXPECT_TRUE(network->contains(*IpAddress::parse(c.inside))) << c.network << ' ' << c.inside;
    EXPECT_FALSE(network->contains(*IpAddress::parse(c.outside))) << c.network << ' ' << c.outside;
  }
}

}  // namespace
}  // namespace ashlar
