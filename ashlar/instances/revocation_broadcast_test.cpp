// SPDX-License-Identifier: Apache-2.0
#include "ashlar/instances/revocation_broadcast.hpp"

#include "ashlar/async/task_scope.hpp"
#include "tests/support/redis_server.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::instances {
namespace {

using namespace std::chrono_literals;

struct World {
  ManualClock clock{Timestamp::parse("2026-05-04T08:30:00Z").value()};
  SystemRandom random;
  tests::RedisServer redis;
};

// One instance, on a loop that runs when the test lets it.
class Instance {
 public:
  Instance(World& world, std::chrono::milliseconds time_max)
      : revocations_(world.clock), clients_({.url = world.redis.url(), .command_time_max = time_max}) {
    broadcast_.emplace(clients_, "test:", revocations_, world.clock, world.random, [this] { ++subscribed_; });
    clients_.start({&loop_});
  }
  ~Instance() { clients_.close(); }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  void turn() {
    if (loop_.stopped()) loop_.restart();
    (void)loop_.run_one_for(1ms);
  }
  void subscribe() {
    while (subscribed_ == 0) turn();
  }
  [[nodiscard]] bool refuses(const Uuid& session) const { return revocations_.is_revoked("", session); }
  Task<> announce(EndedSessions ended, std::optional<bool>& confirmed) {
    confirmed = co_await broadcast_->announce(std::move(ended));
  }
  std::string publish(std::string message) {
    const auto receivers = async::run_to_end(loop_, clients_.command({"PUBLISH", "test:revoked", std::move(message)}));
    return receivers ? std::to_string(receivers->integer) : std::string(receivers.error().code().name);
  }
  boost::asio::io_context& loop() { return loop_; }

 private:
  boost::asio::io_context loop_{1};
  auth::MemoryRevocations revocations_;
  redis::Clients clients_;
  std::optional<RevocationBroadcast> broadcast_;
  int subscribed_ = 0;
};

// Runs both until announce() of the first returns.
bool announce(World& world, Instance& sender, Instance* receiver, const std::vector<Uuid>& sessions) {
  std::optional<bool> confirmed;
  async::TaskScope scope(sender.loop());
  scope.start(sender.announce({.ids = sessions, .until = world.clock.now() + 16min}, confirmed));
  while (!confirmed) {
    sender.turn();
    if (receiver != nullptr) receiver->turn();
  }
  async::run_to_end(sender.loop(), scope.join());
  return *confirmed;
}

TEST(RevocationBroadcast, AnnounceReturnsWhenTheOtherRefuses) {
  World world;
  Instance here(world, 10s), there(world, 10s);
  here.subscribe();
  there.subscribe();
  const std::vector<Uuid> sessions = {Uuid::make(world.clock, world.random), Uuid::make(world.clock, world.random)};
  EXPECT_FALSE(there.refuses(sessions[0]));
  EXPECT_TRUE(announce(world, here, &there, sessions));
  for (const Uuid& session : sessions) EXPECT_TRUE(there.refuses(session));
  EXPECT_TRUE(announce(world, there, &here, {Uuid::make(world.clock, world.random)})) << "and the other way";
  EXPECT_TRUE(announce(world, here, nullptr, {}));
}

TEST(RevocationBroadcast, WaitsForOneThatHangsNoLongerThanItsTime) {
  World world;
  Instance here(world, 100ms), there(world, 10s);
  here.subscribe();
  there.subscribe();
  const Uuid session = Uuid::make(world.clock, world.random);
  EXPECT_FALSE(announce(world, here, nullptr, {session}));
  while (!there.refuses(session)) there.turn();  // it handles the message when it runs again
}

TEST(RevocationBroadcast, DoesNotWaitForAnUnreachableRedis) {
  World world;
  Instance here(world, 10s);
  here.subscribe();
  world.redis.kill();
  EXPECT_FALSE(announce(world, here, nullptr, {Uuid::make(world.clock, world.random)}));
}

TEST(RevocationBroadcast, SkipsMessagesInAnotherFormat) {
  World world;
  Instance here(world, 10s);
  here.subscribe();
  const Uuid session = Uuid::make(world.clock, world.random);
  for (const std::string& message :
       {std::string(), std::string("x"), "a 1 later " + session.to_string(), "a 1 -5 " + session.to_string(),
        "a 1 99999999999999999 " + session.to_string(), std::string("a 1 1 x y"), std::string(100'000, ' ')})
    EXPECT_EQ(here.publish(message), "1");
  // None is remembered for longer than a token lives.
  EXPECT_EQ(here.publish("a 1 253402300799999 " + session.to_string()), "1");
  while (!here.refuses(session)) here.turn();
  world.clock.advance(std::chrono::hours{25});
  EXPECT_FALSE(here.refuses(session));
}

}  // namespace
}  // namespace ashlar::instances
