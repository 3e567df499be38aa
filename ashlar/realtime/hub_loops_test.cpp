// SPDX-License-Identifier: Apache-2.0
// Publishers on several threads, subscribers on several loops that come, go and resume meanwhile.
#include "ashlar/realtime/hub.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::realtime {
namespace {

constexpr std::size_t loops = 4;
constexpr std::size_t clients_per_loop = 8;
constexpr std::size_t channels = 5;
constexpr std::uint64_t events_per_publisher = 2'000;
constexpr std::size_t publishers = 3;

std::string name_of(std::size_t channel) { return "channel" + std::to_string(channel); }

// Follows one channel: each event must be the successor of the one before, also over a resume that was recovered.
class Follower final : public Subscriber {
 public:
  Follower(HubLoop& loop, std::size_t channel) : loop_(loop), channel_(name_of(channel)) {}

  void subscribe() {
    auto subscribed = loop_.subscribe(channel_, *this, seen_);
    if (!subscribed) {
      ++faults;
      return;
    }
    if (!subscribed->recovered) ++incomplete;
    seen_ = subscribed->position;
    for (const auto& event : subscribed->missed) deliver(channel_, *event);
    subscription_ = std::move(subscribed->subscription);
    (void)subscription_.join({.key = channel_ + std::to_string(seen_->offset % 3), .info = "{}"});
  }
  void unsubscribe() { subscription_.end(); }

  void deliver(std::string_view channel, const Published& event) override {
    const bool follows = event.position.epoch == seen_->epoch && event.position.offset == seen_->offset + 1;
    const std::string text = std::string(channel) + " " + event.position.to_string();
    if (!follows || channel != channel_ || event.message->payload() != text) ++faults;
    seen_ = event.position;
    ++delivered;
  }
  void deliver_presence(std::string_view channel, const OutgoingMessage& /*change*/) override {
    if (channel != channel_) ++faults;
  }
  void lost(std::string_view /*channel*/) override { ++faults; }

  [[nodiscard]] Position seen() const { return seen_.value_or(Position{}); }

  std::size_t delivered = 0, faults = 0, incomplete = 0;

 private:
  HubLoop& loop_;
  const std::string channel_;
  std::optional<Position> seen_;
  Subscription subscription_;
};

class RunningLoop {
 public:
  RunningLoop(Hub& hub, std::uint64_t seed) : hub_loop_(hub, context_), random_(seed) {
    for (std::size_t i = 0; i < clients_per_loop; ++i)
      clients.push_back(std::make_unique<Follower>(hub_loop_, i % channels));
    thread_ = std::thread([this] { context_.run(); });
  }
  ~RunningLoop() {
    wait([this] { clients.clear(); });
    work_.reset();
    thread_.join();
  }

  void start() {
    wait([this] {
      for (auto& client : clients) client->subscribe();
      churn();
    });
  }
  void stop() {
    wait([this] { churning_ = false; });
  }
  template <class Act>
  void wait(Act act) {
    std::promise<void> done;
    boost::asio::post(context_, [&] {
      act();
      done.set_value();
    });
    done.get_future().wait();
  }

  std::vector<std::unique_ptr<Follower>> clients;

 private:
  // One client reconnects in each turn of the loop.
  void churn() {
    if (!churning_) return;
    Follower& client = *clients[random_() % clients.size()];
    client.unsubscribe();
    client.subscribe();
    boost::asio::post(context_, [this] { churn(); });
  }

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ = make_work_guard(context_);
  HubLoop hub_loop_;
  std::mt19937_64 random_;
  bool churning_ = true;
  std::thread thread_;
};

ChannelOptions options_of(std::string_view /*name*/) {
  return {.history = {.messages_max = 100'000, .bytes_max = 64UL * 1024 * 1024}};
}

ChannelOptions options_of_feed(std::string_view name) {
  ChannelOptions out = options_of(name);
  out.numbering = ChannelOptions::Numbering::feed;
  return out;
}

std::string encode_presence(std::string_view /*channel*/, const Member& member, PresenceChange /*change*/) {
  return member.key;
}

std::string encode(std::string_view channel, const Position& position) {
  return std::string(channel) + " " + position.to_string();
}

const HubOptions roomy{.history_bytes_max = 1024UL * 1024 * 1024, .inbox_bytes_max = 256UL * 1024 * 1024};

// Every follower has seen all events from `first` on, in order, each once.
void expect_complete(std::vector<std::unique_ptr<RunningLoop>>& running, std::uint64_t first,
                     std::uint64_t last_offset) {
  for (auto& loop : running) {
    loop->stop();
    loop->wait([&] {
      for (const auto& client : loop->clients) {
        EXPECT_EQ(client->faults, 0U);
        EXPECT_EQ(client->incomplete, 0U);
        EXPECT_EQ(client->delivered, last_offset - first + 1);
        EXPECT_EQ(client->seen().offset, last_offset);
      }
    });
  }
}

TEST(HubLoops, FollowConcurrentPublishers) {
  const SystemClock clock;
  SystemRandom random;
  Hub hub(clock, random, options_of, encode_presence, roomy);
  // A channel without events is forgotten with its last subscriber, and a resume then is incomplete.
  for (std::size_t channel = 0; channel < channels; ++channel) (void)hub.publish(name_of(channel), encode);
  std::vector<std::unique_ptr<RunningLoop>> running;
  for (std::size_t i = 0; i < loops; ++i) running.push_back(std::make_unique<RunningLoop>(hub, i + 1));
  for (auto& loop : running) loop->start();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < publishers; ++i) {
    threads.emplace_back([&] {
      for (std::uint64_t n = 0; n < events_per_publisher; ++n) {
        for (std::size_t channel = 0; channel < channels; ++channel) (void)hub.publish(name_of(channel), encode);
        if (n % 100 == 0) hub.sweep();
        (void)hub.members(name_of(n % channels));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  expect_complete(running, 2, 1 + publishers * events_per_publisher);
  running.clear();
  EXPECT_EQ(hub.statistics().subscriptions, 0U);
  EXPECT_EQ(hub.statistics().members, 0U);
}

// The feed's offsets are consecutive here, so that a follower can tell what is missing.
TEST(HubLoops, FollowAFeed) {
  const SystemClock clock;
  SystemRandom random;
  Hub hub(clock, random, options_of_feed, encode_presence, roomy);
  std::vector<std::unique_ptr<RunningLoop>> running;
  for (std::size_t i = 0; i < loops; ++i) running.push_back(std::make_unique<RunningLoop>(hub, i + 11));
  for (auto& loop : running) loop->start();
  std::vector<std::string> all;
  for (std::size_t channel = 0; channel < channels; ++channel) all.push_back(name_of(channel));
  std::thread feed([&] {
    for (std::uint64_t offset = 1; offset <= events_per_publisher; ++offset) {
      (void)hub.publish_at(offset, all, encode);
      (void)hub.publish_at(offset, all, encode);  // repeated
    }
  });
  feed.join();
  expect_complete(running, 1, events_per_publisher);
}

// Channels are dropped and created again while they are used: what is missing is said, and nothing comes twice.
TEST(HubLoops, SurviveSmallLimits) {
  const SystemClock clock;
  SystemRandom random;
  Hub hub(
      clock, random, [](std::string_view) { return ChannelOptions{.history = {.messages_max = 3}, .members_max = 2}; },
      encode_presence, {.history_bytes_max = 16UL * 300, .channels_max = 64, .inbox_bytes_max = 256UL * 1024 * 1024});
  std::vector<std::unique_ptr<RunningLoop>> running;
  for (std::size_t i = 0; i < loops; ++i) running.push_back(std::make_unique<RunningLoop>(hub, i + 21));
  for (auto& loop : running) loop->start();
  std::thread publisher([&] {
    for (std::uint64_t n = 0; n < events_per_publisher; ++n) {
      for (std::size_t channel = 0; channel < channels; ++channel) (void)hub.publish(name_of(channel), encode);
      (void)hub.publish("idle" + std::to_string(n), encode);
    }
  });
  publisher.join();
  for (auto& loop : running) {
    loop->stop();
    loop->wait([&] {
      for (const auto& client : loop->clients) EXPECT_EQ(client->faults, 0U);
    });
  }
  running.clear();
  EXPECT_LE(hub.statistics().channels, 64U);
  EXPECT_LE(hub.statistics().history_bytes, 16U * 300);
}

}  // namespace
}  // namespace ashlar::realtime
