// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/egress_policy.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::http {
namespace {

Origin origin_of(const char* url) { return RequestUrl::parse(url)->origin(); }

EgressPolicy policy_of(std::vector<std::string> allow) {
  auto policy = EgressPolicy::parse(allow);
  EXPECT_TRUE(policy) << policy.error().message();
  return *policy;
}

struct Reserved {
  const char* address;
  const char* purpose;
};
const std::vector<Reserved> reserved = {{"0.0.0.0", "unspecified"},
                                        {"0.255.255.255", "unspecified"},
                                        {"1.0.0.0", ""},
                                        {"9.255.255.255", ""},
                                        {"10.0.0.0", "private"},
                                        {"10.255.255.255", "private"},
                                        {"11.0.0.0", ""},
                                        {"100.63.255.255", ""},
                                        {"100.64.0.0", "shared"},
                                        {"100.127.255.255", "shared"},
                                        {"100.128.0.0", ""},
                                        {"100.100.100.200", "metadata"},
                                        {"126.255.255.255", ""},
                                        {"127.0.0.1", "loopback"},
                                        {"127.255.255.255", "loopback"},
                                        {"128.0.0.0", ""},
                                        {"168.63.129.15", ""},
                                        {"168.63.129.16", "metadata"},
                                        {"169.253.255.255", ""},
                                        {"169.254.0.0", "link-local"},
                                        {"169.254.169.254", "metadata"},
                                        {"169.254.170.2", "link-local"},
                                        {"169.254.255.255", "link-local"},
                                        {"169.255.0.0", ""},
                                        {"172.15.255.255", ""},
                                        {"172.16.0.0", "private"},
                                        {"172.31.255.255", "private"},
                                        {"172.32.0.0", ""},
                                        {"192.0.0.192", "protocol"},
                                        {"192.0.1.0", ""},
                                        {"192.0.2.1", "documentation"},
                                        {"192.88.99.1", "6to4"},
                                        {"192.31.196.1", "protocol"},
                                        {"192.52.193.1", "protocol"},
                                        {"192.167.255.255", ""},
                                        {"192.168.0.0", "private"},
                                        {"192.168.255.255", "private"},
                                        {"192.169.0.0", ""},
                                        {"198.17.255.255", ""},
                                        {"198.18.0.0", "benchmarking"},
                                        {"198.19.255.255", "benchmarking"},
                                        {"198.20.0.0", ""},
                                        {"198.51.100.1", "documentation"},
                                        {"203.0.113.1", "documentation"},
                                        {"223.255.255.255", ""},
                                        {"224.0.0.1", "multicast"},
                                        {"239.255.255.255", "multicast"},
                                        {"240.0.0.0", "reserved"},
                                        {"255.255.255.255", "reserved"},
                                        {"::", "unspecified"},
                                        {"::1", "loopback"},
                                        {"::2", "reserved"},
                                        {"::7f00:1", "reserved"},
                                        {"::ffff:127.0.0.1", "loopback"},
                                        {"::ffff:8.8.8.8", ""},
                                        {"::ffff:0:127.0.0.1", "reserved"},
                                        {"64:ff9b::127.0.0.1", "loopback"},
                                        {"64:ff9b::a9fe:a9fe", "metadata"},
                                        {"64:ff9b::8.8.8.8", ""},
                                        {"64:ff9b::1:0:0", "reserved"},
                                        {"64:ff9b:1::8.8.8.8", "NAT64"},
                                        {"100::1", "reserved"},
                                        {"1fff:ffff::", "reserved"},
                                        {"2000::1", ""},
                                        {"2001::1", "Teredo"},
                                        {"2001:2::1", "protocol"},
                                        {"2001:1ff:ffff::1", "protocol"},
                                        {"2001:200::1", ""},
                                        {"2001:db8::1", "documentation"},
                                        {"2001:db9::1", ""},
                                        {"2001:4860:4860::8888", ""},
                                        {"2002:7f00:1::", "6to4"},
                                        {"2002:808:808::1", "6to4"},
                                        {"2003::1", ""},
                                        {"2606:4700::1111", ""},
                                        {"3fff::1", "documentation"},
                                        {"3fff:1000::1", ""},
                                        {"3ffe::1", ""},
                                        {"4000::1", "reserved"},
                                        {"5f00::1", "reserved"},
                                        {"fc00::1", "private"},
                                        {"fd00:ec2::254", "private"},
                                        {"fe80::1", "link-local"},
                                        {"febf::1", "link-local"},
                                        {"fec0::1", "private"},
                                        {"ff02::1", "multicast"},
                                        {"fbff::1", "reserved"}};

TEST(EgressPolicy, KnowsWhatAddressesAreReservedFor) {
  for (const auto& [address, purpose] : reserved)
    EXPECT_EQ(special_purpose_of(*IpAddress::parse(address)), purpose) << address;
}

TEST(EgressPolicy, RefusesEntriesThatNameNothing) {
  for (const char* entry : {"", " ", "10.0.0.0/7x", "10.1.2.3/8", "10.0.0.0/33", "*.example", "http://hooks.example",
                            "hooks.example:0", "hooks.example:65536", "hooks.example:", ":80", "127.1", "127.1:80",
                            "[::1]", "[::1]:0", "::1:80:x", "hooks..example", "user@hooks.example", "0x7f.1:80"}) {
    const std::vector<std::string> allow{"hooks.example", entry};
    const auto policy = EgressPolicy::parse(allow);
    ASSERT_FALSE(policy) << entry;
    EXPECT_EQ(policy.error().code().name, "http_client.invalid_policy");
    EXPECT_TRUE(policy.error().message().contains(entry));
  }
}

TEST(EgressPolicy, AllowsPublicAddressesAndWhatIsListed) {
  struct Case {
    std::vector<std::string> allow;
    const char* url;
    const char* address;
    bool allowed;
    bool listed;
  };
  for (const auto& [allow, url, address, allowed, listed] : std::vector<Case>{
           {{}, "http://a.example/", "8.8.8.8", true, false},
           {{}, "http://a.example/", "10.0.0.1", false, false},
           {{"10.0.0.0/8"}, "http://a.example/", "10.0.0.1", true, false},
           {{"10.0.0.0/8"}, "http://10.0.0.1/", "10.0.0.1", true, true},
           {{"10.0.0.0/8"}, "http://a.example/", "11.0.0.1", true, false},
           {{"10.0.0.0/8"}, "http://a.example/", "192.168.0.1", false, false},
           {{"10.0.0.0/8"}, "http://a.example/", "64:ff9b::10.0.0.1", false, false},
           {{"10.0.0.1"}, "http://a.example:99/", "10.0.0.1", true, false},
           {{"loopback"}, "http://a.example/", "::1", true, false},
           {{"fd00::/8"}, "http://a.example/", "fd00::1", true, false},
           {{"10.0.0.1:8080"}, "http://a.example:8080/", "10.0.0.1", true, false},
           {{"10.0.0.1:8080"}, "http://10.0.0.1:8080/", "10.0.0.1", true, true},
           {{"10.0.0.1:8080"}, "http://a.example/", "10.0.0.1", false, false},
           {{"[fd00::1]:8080"}, "http://[fd00::1]:8080/", "fd00::1", true, true},
           {{"[fd00::1]:8080"}, "http://[fd00::1]:8081/", "fd00::1", false, false},
           {{"Hooks.Internal."}, "http://hooks.internal/", "10.0.0.1", true, true},
           {{"hooks.internal"}, "http://hooks.internal.:77/", "10.0.0.1", true, true},
           {{"hooks.internal"}, "http://a.hooks.internal/", "10.0.0.1", false, false},
           {{"hooks.internal"}, "http://internal/", "10.0.0.1", false, false},
           {{"hooks.internal:8080"}, "http://hooks.internal:8080/", "10.0.0.1", true, true},
           {{"hooks.internal:8080"}, "http://hooks.internal/", "10.0.0.1", false, false},
           {{"hooks.internal:80"}, "http://hooks.internal/", "10.0.0.1", true, true},
       }) {
    const EgressPolicy policy = policy_of(allow);
    EXPECT_EQ(policy.allows(origin_of(url), *IpAddress::parse(address)), allowed) << url << " " << address;
    EXPECT_EQ(policy.lists(origin_of(url)), listed) << url;
  }
}

TEST(EgressPolicy, TheOperatorsOwnAllowsEverything) {
  const EgressPolicy policy = EgressPolicy::operator_configured();
  for (const char* address : {"127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "8.8.8.8"})
    EXPECT_TRUE(policy.allows(origin_of("http://a.example/"), *IpAddress::parse(address))) << address;
  EXPECT_FALSE(policy.lists(origin_of("http://a.example/")));
  EXPECT_FALSE(policy == EgressPolicy());
  EXPECT_TRUE(policy == EgressPolicy::operator_configured());
  const EgressPolicy listed = policy_of({"10.0.0.1"});
  EXPECT_FALSE(listed == EgressPolicy());
  EXPECT_FALSE(listed == policy_of({"10.0.0.1"}));
}

}  // namespace
}  // namespace ashlar::http
