// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/channels.hpp"

#include "ashlar/schema/constraints.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ashlar::realtime {
namespace {

struct Named {
  Line<1, 64> name;
};
ASHLAR_DESCRIBE(Named, name)

Result<Topic> all(api::Call&) { return Topic{"all"}; }
Result<Topic> named(api::Call&, Named in) { return Topic{"room:" + in.name.str()}; }

TEST(Channels, RefuseUnusablePatterns) {
  Channels channels;
  for (const std::string pattern : {"", "a/b", "A", "{name}", "a:{", "a:{}", "a:{name}:b", "a:{na:me}"})
    EXPECT_THROW(channels.add(pattern, all), std::logic_error) << pattern;
  EXPECT_TRUE(channels.all().empty());
}

TEST(Channels, AreFoundByTheirNames) {
  Channels channels;
  channels.add("admin:jobs", all).permission("read:job");
  channels.add("room:{name}", named).signed_in().clients_publish().presence();
  for (const std::string name : {"", "admin", "admin:jobs:x", "room", "room:", "rooms:a", "Room:a"})
    EXPECT_FALSE(channels.find(name)) << name;
  EXPECT_EQ(channels.find("admin:jobs")->input, "{}");
  const auto room = channels.find(R"(room:a"b)");
  ASSERT_TRUE(room);
  EXPECT_EQ(room->input, R"({"name":"a\"b"})");
  EXPECT_EQ(room->channel->publishers, Channel::Publishers::clients);
  EXPECT_EQ(room->channel->presence, Channel::Presence::on);
}

TEST(Channels, AreEndpointsOfTheirTransportAlone) {
  Channels channels;
  channels.add("admin:jobs", all).permission("read:job");
  const auto endpoints = channels.endpoints();
  ASSERT_EQ(endpoints.size(), 1U);
  EXPECT_EQ(endpoints[0]->name, "channelAdminJobs");
  EXPECT_EQ(endpoints[0]->operation->transport(), transport_name);
  EXPECT_EQ(endpoints[0]->guards.size(), 1U);
}

TEST(Channels, ShowClientsNoTopic) {
  EXPECT_EQ(channel_of_topic("orders/0193508e"), "orders");
  EXPECT_EQ(channel_of_topic("orders"), "orders");
}

}  // namespace
}  // namespace ashlar::realtime
