// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/webhook_options.hpp"

#include "ashlar/config/environment.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace ashlar::backend {
namespace {

bool reaches(const std::string& allowed, const std::string& address) {
  config::Environment env(allowed.empty() ? std::map<std::string, std::string>{}
                                          : std::map<std::string, std::string>{{"EGRESS_ALLOW", allowed}});
  const WebhookOptions options = read_webhook_options(env, PlainHttp::refused);
  EXPECT_TRUE(env.faults().empty()) << env.report();
  return options.sender.egress.allows({.host = "hooks.example", .port = 8080}, *IpAddress::parse(address));
}

TEST(WebhookOptions, RefuseWhatIsNoHostAddressOrNetwork) {
  for (const char* allowed : {"10.0.0.0/33", "http://hooks.internal"}) {
    config::Environment env({{"EGRESS_ALLOW", allowed}});
    (void)read_webhook_options(env, PlainHttp::refused);
    ASSERT_EQ(env.faults().size(), 1U) << allowed;
    EXPECT_EQ(env.faults().front().variable, "EGRESS_ALLOW");
  }
}

TEST(WebhookOptions, SayWhichPrivateAddressesUrlsOfUsersReach) {
  EXPECT_FALSE(reaches("", "10.1.2.3"));
  EXPECT_FALSE(reaches("", "127.0.0.1"));
  EXPECT_TRUE(reaches("", "9.9.9.9"));
  EXPECT_TRUE(reaches("10.1.0.0/16, 192.168.1.5:8080", "10.1.2.3"));
  EXPECT_TRUE(reaches("10.1.0.0/16, 192.168.1.5:8080", "192.168.1.5"));
  EXPECT_FALSE(reaches("10.1.0.0/16, 192.168.1.5:8081", "192.168.1.5"));
}

}  // namespace
}  // namespace ashlar::backend
