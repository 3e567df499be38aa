// SPDX-License-Identifier: Apache-2.0
// Channels on one loop; hub_loops_test.cpp has many.
#include "ashlar/realtime/hub.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace ashlar::realtime {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class Recorder final : public Subscriber {
 public:
  void deliver(std::string_view channel, const Published& event) override {
    heard.push_back(std::string(channel) + " " + std::string(event.message->payload()));
    if (on_event) on_event();
  }
  void deliver_presence(std::string_view channel, const OutgoingMessage& change) override {
    heard.push_back(std::string(channel) + " " + std::string(change.payload()));
  }
  void lost(std::string_view channel) override { heard.push_back("lost " + std::string(channel)); }

  std::vector<std::string> heard;
  std::function<void()> on_event;
};

class HubTest : public testing::Test {
 protected:
  Hub& make(HubOptions options = {}) {
    hub_.emplace(
        clock_, random_,
        [this](std::string_view name) {
          ChannelOptions out = channel_;
          if (name.starts_with("feed")) out.numbering = ChannelOptions::Numbering::feed;
          return out;
        },
        [](std::string_view, const Member& member, PresenceChange change) {
          return (change == PresenceChange::joined ? "+" : "-") + member.key;
        },
        options);
    loop_.emplace(*hub_, context_);
    return *hub_;
  }
  static Hub::Encode says(const std::string& text) {
    return [text](std::string_view, const Position& position) { return text + std::to_string(position.offset); };
  }
  Position publish(std::string_view channel, const std::string& text) {
    return hub_->publish(channel, says(text)).value();
  }
  HubLoop::Subscribed subscribe(std::string_view channel, Subscriber& subscriber, std::optional<Position> after = {}) {
    return std::move(loop_->subscribe(channel, subscriber, after).value());
  }
  std::vector<std::string> heard(Recorder& recorder) {
    context_.restart();
    context_.poll();
    return std::exchange(recorder.heard, {});
  }
  static std::vector<std::string> missed(const HubLoop::Subscribed& subscribed) {
    std::vector<std::string> out;
    for (const auto& event : subscribed.missed) out.emplace_back(event->message->payload());
    return out;
  }

  boost::asio::io_context context_{1};
  ManualClock clock_{Timestamp::from_milliseconds(1'700'000'000'000)};
  SeededRandom random_{1};
  ChannelOptions channel_;
  std::optional<Hub> hub_;
  std::optional<HubLoop> loop_;
};

TEST_F(HubTest, DeliversWhatIsPublishedAfterTheSubscription) {
  make();
  publish("a", "old");
  Recorder first, second;
  auto one = subscribe("a", first);
  EXPECT_EQ(one.position.offset, 1U);
  EXPECT_TRUE(one.recovered);
  EXPECT_THAT(one.missed, IsEmpty());
  publish("a", "x");
  auto two = subscribe("a", second);  // x is on its way to this loop, and not for this subscriber
  publish("b", "other");
  publish("a", "y");
  EXPECT_THAT(heard(first), ElementsAre("a x2", "a y3"));
  EXPECT_THAT(heard(second), ElementsAre("a y3"));
  one.subscription.end();
  publish("a", "z");
  EXPECT_THAT(heard(first), IsEmpty());
  EXPECT_THAT(heard(second), ElementsAre("a z4"));
}

TEST_F(HubTest, ResumesWithoutGapsAndDuplicates) {
  make();
  Recorder recorder;
  auto subscribed = subscribe("a", recorder);
  const Position seen = publish("a", "x");
  EXPECT_THAT(heard(recorder), ElementsAre("a x1"));
  subscribed.subscription.end();
  publish("a", "y");
  subscribed = subscribe("a", recorder, seen);
  publish("a", "z");
  EXPECT_TRUE(subscribed.recovered);
  EXPECT_EQ(subscribed.position, seen);
  EXPECT_THAT(missed(subscribed), ElementsAre("y2"));
  EXPECT_THAT(heard(recorder), ElementsAre("a z3"));
}

TEST_F(HubTest, SaysWhenAResumeMissesEvents) {
  channel_.history = {.messages_max = 2, .age_max = 60s};
  Hub& hub = make();
  const Position first = publish("a", "x");
  for (int i = 0; i < 3; ++i) publish("a", "y");
  Recorder recorder;
  auto subscribed = subscribe("a", recorder, first);
  EXPECT_FALSE(subscribed.recovered);
  EXPECT_EQ(subscribed.position.offset, 4U);
  EXPECT_THAT(subscribed.missed, IsEmpty());
  subscribed.subscription.end();

  clock_.advance(61s);
  hub.sweep();
  EXPECT_EQ(hub.statistics().channels, 0U) << "without subscribers and history";
  subscribed = subscribe("a", recorder, Position{first.epoch, 4});
  EXPECT_FALSE(subscribed.recovered) << "a channel that was forgotten has another epoch";
  EXPECT_NE(subscribed.position.epoch, first.epoch);
}

TEST_F(HubTest, DoesNotConfuseTheEventsOfTwoEpochs) {
  make();
  Recorder recorder;
  auto subscribed = subscribe("a", recorder);
  channel_.history.messages_max = 0;
  publish("a", "x");  // on its way
  subscribed.subscription.end();
  hub_->sweep();
  clock_.advance(1h);
  hub_->sweep();
  subscribed = subscribe("a", recorder);
  EXPECT_THAT(heard(recorder), IsEmpty());
}

TEST_F(HubTest, MayChangeSubscriptionsWithinADelivery) {
  make();
  Recorder first, second, third;
  auto one = subscribe("a", first);
  auto two = subscribe("a", second);
  HubLoop::Subscribed three;
  first.on_event = [&] {
    two.subscription.end();
    one.subscription.end();
    three = subscribe("a", third);
  };
  publish("a", "x");
  EXPECT_THAT(heard(first), ElementsAre("a x1"));
  EXPECT_THAT(heard(second), IsEmpty());
  EXPECT_THAT(heard(third), IsEmpty());
  publish("a", "y");
  EXPECT_THAT(heard(third), ElementsAre("a y2"));
}

TEST_F(HubTest, NumbersByTheFeed) {
  Hub& hub = make({.feed_epoch = 5, .feed_offset = 100});
  Recorder recorder;
  auto subscribed = subscribe("feed:a", recorder, Position{5, 100});
  EXPECT_TRUE(subscribed.recovered);
  const std::vector<std::string> both{"feed:a", "feed:b"};
  EXPECT_EQ(hub.publish_at(104, both, says("x")), 2U);
  EXPECT_EQ(hub.publish_at(104, both, says("x")), 0U) << "a feed may repeat events";
  EXPECT_EQ(hub.publish_at(107, std::span(both).first(1), says("y")), 1U);
  EXPECT_THAT(heard(recorder), ElementsAre("feed:a x104", "feed:a y107"));
  auto other = subscribe("feed:b", recorder, Position{5, 102});
  EXPECT_TRUE(other.recovered);
  EXPECT_THAT(missed(other), ElementsAre("x104"));
  auto late = subscribe("feed:c", recorder, Position{5, 106});
  EXPECT_TRUE(late.recovered) << "the hub has every event since 100, and none was of this channel";
  EXPECT_THAT(missed(late), IsEmpty());
  EXPECT_FALSE(subscribe("feed:d", recorder, Position{5, 99}).recovered) << "before the hub began to read";
  EXPECT_FALSE(subscribe("feed:a", recorder, Position{4, 107}).recovered);
}

// A client moves between instances: its position is that of the feed, which may have passed the channel's last event.
TEST_F(HubTest, ResumesFromAPositionOfTheFeed) {
  Hub& hub = make({.feed_epoch = 5, .feed_offset = 100});
  Recorder recorder;
  const std::vector<std::string> channels{"feed:a"};
  EXPECT_EQ(hub.publish_at(104, channels, says("x")), 1U);
  hub.pass(110);
  EXPECT_EQ(hub.feed_offset(), 110U);
  auto first = subscribe("feed:a", recorder, Position{5, 108});
  EXPECT_TRUE(first.recovered);
  EXPECT_THAT(missed(first), IsEmpty());
  EXPECT_FALSE(subscribe("feed:a", recorder, Position{5, 111}).recovered) << "the feed is not there yet";
  EXPECT_EQ(subscribe("feed:a", recorder, std::nullopt).position, (Position{5, 110}));
}

TEST_F(HubTest, KnowsWhatItHasDroppedOfAFeed) {
  channel_.history = {.messages_max = 0};
  Hub& hub = make({.feed_epoch = 5, .feed_offset = 100});
  Recorder recorder;
  const std::vector<std::string> channels{"feed:a"};
  EXPECT_EQ(hub.publish_at(104, channels, says("x")), 1U);
  EXPECT_EQ(hub.statistics().channels, 0U);
  EXPECT_FALSE(subscribe("feed:a", recorder, Position{5, 103}).recovered);
  EXPECT_TRUE(subscribe("feed:a", recorder, Position{5, 104}).recovered);
}

TEST_F(HubTest, LimitsTheHistoryOfAllChannels) {
  channel_.history = {.messages_max = 1'000, .bytes_max = 1'000'000};
  Hub& hub = make({.history_bytes_max = 16 * 20'000});
  for (int i = 0; i < 2'000; ++i) {
    publish("channel" + std::to_string(i % 100), std::string(1'000, 'x'));
    ASSERT_LE(hub.statistics().history_bytes, 16U * 20'000);
  }
  EXPECT_GT(hub.statistics().history_bytes, 8U * 20'000);
}

TEST_F(HubTest, LimitsChannels) {
  Hub& hub = make({.channels_max = 16 * 3});
  for (int i = 0; i < 1'000; ++i) publish("idle" + std::to_string(i), "x");
  EXPECT_EQ(hub.statistics().channels, 16U * 3);
  Recorder recorder;
  std::vector<HubLoop::Subscribed> held;
  std::size_t refused = 0;
  for (int i = 0; i < 1'000; ++i) {
    auto subscribed = loop_->subscribe("used" + std::to_string(i), recorder, std::nullopt);
    if (subscribed) {
      held.push_back(std::move(*subscribed));
    } else {
      EXPECT_EQ(subscribed.error().code(), ashlar::errors::overloaded);
      ++refused;
    }
  }
  EXPECT_EQ(held.size(), 16U * 3);
  EXPECT_EQ(refused, 1'000 - held.size());
}

TEST_F(HubTest, ReportsEventsThatALoopCouldNotHold) {
  make({.inbox_bytes_max = 2'000});
  Recorder recorder, other;
  auto subscribed = subscribe("a", recorder);
  auto another = subscribe("b", other);
  Position last;
  for (int i = 0; i < 100; ++i) last = publish("a", "x");
  const auto all = heard(recorder);
  ASSERT_GT(all.size(), 2U);
  EXPECT_EQ(all.back(), "lost a");
  EXPECT_EQ(all.front(), "a x1");
  EXPECT_THAT(heard(other), ElementsAre("lost b")) << "which of the channels lost events is unknown";
  publish("a", "y");
  EXPECT_THAT(heard(recorder), IsEmpty()) << "there would be a gap";
  auto again = subscribe("a", recorder, Position{last.epoch, all.size() - 1});
  EXPECT_TRUE(again.recovered);
  EXPECT_EQ(again.missed.size() + all.size() - 1, 101U);
}

TEST_F(HubTest, KnowsWhoIsPresent) {
  channel_.members_max = 2;
  Hub& hub = make();
  Recorder recorder;
  auto watching = subscribe("room", recorder);
  auto laptop = subscribe("room", recorder), phone = subscribe("room", recorder), other = subscribe("room", recorder);
  EXPECT_TRUE(laptop.subscription.join({.key = "ada", .info = "1"}));
  EXPECT_TRUE(phone.subscription.join({.key = "ada", .info = "2"}));
  EXPECT_TRUE(other.subscription.join({.key = "bob", .info = "3"}));
  EXPECT_THAT(hub.members("room"), ElementsAre(Member{"ada", "1"}, Member{"bob", "3"}));
  const auto refused = watching.subscription.join({.key = "eve", .info = ""});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), errors::channel_full);
  (void)heard(recorder);
  laptop.subscription.end();
  EXPECT_THAT(heard(recorder), IsEmpty()) << "the phone is still there";
  other.subscription.end();
  phone.subscription.end();
  EXPECT_THAT(heard(recorder), ElementsAre("room -bob", "room -ada"));
  EXPECT_THAT(hub.members("room"), IsEmpty());
  EXPECT_THAT(hub.members("unknown"), IsEmpty());
}

TEST_F(HubTest, ForgetsWhatIsNotUsed) {
  channel_.history.messages_max = 0;
  Hub& hub = make();
  Recorder recorder;
  publish("a", "x");
  EXPECT_EQ(hub.statistics().channels, 0U);
  auto subscribed = subscribe("a", recorder);
  EXPECT_EQ(hub.statistics().subscriptions, 1U);
  subscribed.subscription.end();
  const Hub::Statistics left = hub.statistics();
  EXPECT_EQ(left.channels + left.subscriptions + left.members + left.history_bytes, 0U);
}

}  // namespace
}  // namespace ashlar::realtime
