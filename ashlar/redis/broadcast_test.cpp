// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/broadcast.hpp"

#include "ashlar/async/task_scope.hpp"
#include "tests/support/redis_server.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::redis {
namespace {

using namespace std::chrono_literals;

struct World {
  SystemRandom random;
  tests::RedisServer redis;
};

// One process, on a loop that runs when the test lets it.
class Process {
 public:
  Process(World& world, std::chrono::milliseconds time_max)
      : clients_({.url = world.redis.url(), .command_time_max = time_max}) {
    broadcast_.emplace(
        clients_, "prices", world.random,
        Subscriber::Handlers{
            .on_message = [this](std::string_view, std::string_view message) { heard_.emplace_back(message); },
            .on_subscribed = [this] { subscribed_ = true; }});
    clients_.start({&loop_});
  }
  ~Process() { clients_.close(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void turn() {
    if (loop_.stopped()) loop_.restart();
    (void)loop_.run_one_for(1ms);
  }
  void subscribe() {
    while (!subscribed_) turn();
  }
  Task<> tell(std::string message, std::optional<bool>& told) {
    told = co_await broadcast_->publish(std::move(message));
  }
  std::int64_t publish(std::string message) {
    const auto told = async::run_to_end(loop_, clients_.command({"PUBLISH", "prices", std::move(message)}));
    return told ? told->integer : -1;
  }
  [[nodiscard]] const std::vector<std::string>& heard() const { return heard_; }
  boost::asio::io_context& loop() { return loop_; }

 private:
  boost::asio::io_context loop_{1};
  Clients clients_;
  std::optional<Broadcast> broadcast_;
  std::vector<std::string> heard_;
  bool subscribed_ = false;
};

// Runs all loops until the first has delivered every message, all at once.
std::vector<std::optional<bool>> tell(Process& teller, const std::vector<Process*>& others,
                                      const std::vector<std::string>& messages) {
  std::vector<std::optional<bool>> told(messages.size());
  async::TaskScope scope(teller.loop());
  for (std::size_t i = 0; i < messages.size(); ++i) scope.start(teller.tell(messages[i], told[i]));
  const auto waits = [&told] { return std::ranges::any_of(told, [](const auto& one) { return !one; }); };
  while (waits()) {
    teller.turn();
    for (Process* other : others) other->turn();
  }
  async::run_to_end(teller.loop(), scope.join());
  return told;
}

using Told = std::vector<std::optional<bool>>;

TEST(Broadcast, ReturnsWhenEveryProcessHasConfirmed) {
  World world;
  Process here(world, 10s), there(world, 10s), far(world, 10s);
  for (Process* process : {&here, &there, &far}) process->subscribe();
  EXPECT_EQ(tell(here, {&there, &far}, {"42 dollars"}), Told{true});
  for (Process* process : {&here, &there, &far}) EXPECT_EQ(process->heard(), std::vector<std::string>{"42 dollars"});
  EXPECT_EQ(tell(far, {&here, &there}, {""}), Told{true}) << "and the other way";
}

TEST(Broadcast, ManyAtOnceAreConfirmedEachByAll) {
  World world;
  Process here(world, 10s), there(world, 10s);
  here.subscribe();
  there.subscribe();
  std::vector<std::string> messages;
  for (int i = 0; i < 200; ++i) messages.push_back(std::to_string(i));
  EXPECT_EQ(tell(here, {&there}, messages), Told(messages.size(), true));
  EXPECT_EQ(there.heard(), messages);
}

TEST(Broadcast, WaitsForOneThatHangsNoLongerThanItsTime) {
  World world;
  Process here(world, 100ms), there(world, 10s);
  here.subscribe();
  there.subscribe();
  EXPECT_EQ(tell(here, {}, {"news"}), Told{false});
  while (there.heard().empty()) there.turn();  // it receives it once it continues
}

TEST(Broadcast, DoesNotWaitForAnUnreachableRedis) {
  World world;
  Process here(world, 10s);
  here.subscribe();
  world.redis.kill();
  EXPECT_EQ(tell(here, {}, {"news"}), Told{false});
}

TEST(Broadcast, PassesOverWhatIsNotOfItsMaking) {
  World world;
  Process here(world, 10s);
  here.subscribe();
  for (const std::string& message :
       {std::string(), std::string("x"), std::string(" 1 x"), std::string("x one y"), std::string(100'000, ' ')})
    EXPECT_EQ(here.publish(message), 1);
  EXPECT_EQ(tell(here, {}, {"news"}), Told{true});
  EXPECT_EQ(here.heard(), std::vector<std::string>{"news"});
}

}  // namespace
}  // namespace ashlar::redis
