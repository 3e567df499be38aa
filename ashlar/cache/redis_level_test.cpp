// SPDX-License-Identifier: Apache-2.0
// Caches of several processes on one Redis: here they share a thread, and nothing else.
#include "ashlar/cache/redis_level.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/cache/cache.hpp"
#include "ashlar/cache/detail/change_message.hpp"
#include "ashlar/schema/constraints.hpp"
#include "tests/support/redis_server.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::cache {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

struct Item {
  std::string name;
};
ASHLAR_DESCRIBE(Item, name)
struct Numbered {
  std::int64_t name = 0;
};
ASHLAR_DESCRIBE(Numbered, name)

constexpr ErrorCode broken{ErrorKind::unavailable, "test.broken"};

// What the processes have in common: a row, which a load reads at its beginning.
struct Row {
  std::string name = "old";
};

// Of one process: loads end when `gate` is open, if there is one.
struct Source {
  Row& row;
  int loads = 0;
  bool is_down = false;
  asio::steady_timer* gate = nullptr;

  Task<Result<std::optional<Item>>> load() {
    ++loads;
    const std::string name = row.name;
    if (gate != nullptr) {
      boost::system::error_code ignored;
      co_await gate->async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, ignored));
    }
    if (is_down) co_return fail(broken, "broken");
    if (name.empty()) co_return std::nullopt;
    co_return Item{name};
  }
};

struct Process {
  Process(asio::io_context& loop, const std::string& url, Row& row, CacheOptions options = {},
          std::chrono::milliseconds command_time_max = 10s)
      : clients({.url = url, .command_time_max = command_time_max}),
        level({}, clients, random),
        cache(options, clock, random, &level),
        source{.row = row} {
    clients.start({&loop});
  }
  ~Process() { clients.close(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  ManualClock clock{Timestamp::from_milliseconds(1'000'000)};
  SystemRandom random;
  redis::Clients clients;
  RedisLevel level;
  Cache cache;
  Source source;
};

const Policy plain{.ttl = 1h, .jitter_percent = 0, .negative_ttl = 1h, .tags = {"items"}};

class TwoLevels : public testing::Test {
 protected:
  TwoLevels() { listen(); }
  // Both are connected and receive each other's messages.
  void listen() {
    EXPECT_TRUE(becomes([this] {
      return one.level.is_subscribed() && two.level.is_subscribed() && one.clients.figures().connected == 1 &&
             two.clients.figures().connected == 1;
    }));
  }
  template <class T>
  T await(Task<T> task) {
    return async::run_to_end(loop, std::move(task));
  }
  // Runs the loop until it is so.
  bool becomes(const std::function<bool()>& so) {
    const auto limit = std::chrono::steady_clock::now() + 30s;
    while (!so()) {
      if (std::chrono::steady_clock::now() > limit) return false;
      if (loop.stopped()) loop.restart();
      loop.run_one_for(5ms);
    }
    return true;
  }
  static std::string text_of(const Result<Shared<Item>>& got) {
    if (!got) return std::string(got.error().code().name);
    return *got ? (*got)->name : "nothing";
  }
  static Task<Result<Shared<Item>>> get_or_set(Process& by, Policy policy, std::string id) {
    return by.cache.get_or_set(key<Item>("item", id), std::move(policy), [&by] { return by.source.load(); });
  }
  std::string ask(Process& by, const Policy& policy = plain, const std::string& id = "1") {
    return text_of(await(get_or_set(by, policy, id)));
  }
  static Task<> note(Process& by, Policy policy, std::string& out) {
    out = text_of(co_await get_or_set(by, std::move(policy), "1"));
  }
  std::string redis(std::vector<std::string> words) {
    const auto reply = await(one.clients.command(std::move(words)));
    return !reply ? reply.error().cause() : reply->text;
  }

  // Redis has it, and its time is over there.
  void become_stale() {
    EXPECT_TRUE(becomes([this] { return redis({"HGET", "cache:v:item:1", "json"}) == R"({"name":"old"})"; }));
    EXPECT_TRUE(becomes([this] { return !await(two.cache.ttl("item:1")); }));
  }

  tests::RedisServer server;
  asio::io_context loop{1};
  asio::steady_timer gate{loop, asio::steady_timer::time_point::max()};
  Row row;
  Process one{loop, server.url(), row};
  Process two{loop, server.url(), row};
};

TEST_F(TwoLevels, WhatOneProcessLoadedAnotherHas) {
  EXPECT_EQ(ask(one), "old");
  EXPECT_EQ(ask(two), "old");
  EXPECT_EQ(two.source.loads, 0);
  EXPECT_EQ(two.cache.statistics().shared.hits, 1U);
  EXPECT_EQ(two.cache.statistics().entries, 1U);
  EXPECT_GT(await(two.cache.ttl("item:1")), 59min);
  EXPECT_EQ(ask(two), "old");
  EXPECT_EQ(two.cache.statistics().hits, 1U);
}

TEST_F(TwoLevels, ThatThereIsNothingIsKnownToAll) {
  row.name.clear();
  EXPECT_EQ(ask(one), "nothing");
  EXPECT_EQ(ask(two), "nothing");
  EXPECT_EQ(one.source.loads + two.source.loads, 1);
  const Policy forgetful{.negative_ttl = 0ms};
  EXPECT_EQ(ask(one, forgetful, "2"), "nothing");
  EXPECT_EQ(ask(two, forgetful, "2"), "nothing");
  EXPECT_EQ(one.source.loads + two.source.loads, 3);
}

TEST_F(TwoLevels, WhatChangesInOneIsForgottenInAll) {
  const std::vector<std::function<Task<>()>> changes = {
      [this] { return one.cache.del("item:1"); },
      [this] { return one.cache.invalidate("items"); },
      [this] { return one.cache.flush(); },
      [this] { return one.cache.set(key<Item>("item", "1"), Item{.name = row.name}, plain); },
      [this] { return one.cache.forget({.keys = {"other", "item:1"}, .tags = {"others"}}); },
  };
  for (int round = 0; round < 20; ++round) {
    for (const auto& change : changes) {
      row.name = "old";
      await(one.cache.flush());
      EXPECT_EQ(ask(two), "old");
      EXPECT_EQ(ask(one), "old");
      row.name = "new";
      await(change());
      ASSERT_EQ(ask(two), "new") << "as soon as the change has returned";
      ASSERT_EQ(ask(one), "new");
    }
  }
}

TEST_F(TwoLevels, AReaderThatBeganBeforeAWriteKeepsNothing) {
  const std::vector<std::function<Task<>()>> changes = {
      [this] { return two.cache.del("item:1"); },
      [this] { return two.cache.invalidate("items"); },
      [this] { return two.cache.flush(); },
  };
  for (const auto& change : changes) {
    row.name = "old";
    await(two.cache.flush());
    one.source.loads = 0;
    one.source.gate = &gate;
    gate.expires_at(asio::steady_timer::time_point::max());
    std::string told;
    async::TaskScope scope(loop);
    scope.start(note(one, plain, told));
    EXPECT_TRUE(becomes([this] { return one.source.loads == 1; }));
    row.name = "new";
    await(change());
    gate.cancel();
    await(scope.join());
    EXPECT_EQ(told, "old");  // it asked before
    one.source.gate = nullptr;
    EXPECT_EQ(ask(two), "new");
    EXPECT_TRUE(becomes([this] { return ask(one) == "new"; }));
    EXPECT_EQ(ask(two), "new");
  }
}

TEST_F(TwoLevels, OneProcessLoadsForAll) {
  one.source.gate = &gate;
  std::string first, second;
  async::TaskScope scope(loop);
  scope.start(note(one, plain, first));
  EXPECT_TRUE(becomes([this] { return one.source.loads == 1; }));
  scope.start(note(two, plain, second));
  EXPECT_TRUE(becomes([this] { return two.cache.statistics().shared.waits == 1; }));
  gate.cancel();
  await(scope.join());
  EXPECT_EQ(first + second, "oldold");
  EXPECT_EQ(two.source.loads, 0);
}

TEST_F(TwoLevels, ALoadElsewhereThatDoesNotEndIsNotWaitedForLong) {
  Process hasty(loop, server.url(), row, {.lease_wait_max = 30ms});
  EXPECT_TRUE(becomes([&] { return hasty.level.is_subscribed(); }));
  one.source.gate = &gate;
  std::string told;
  async::TaskScope scope(loop);
  scope.start(note(one, plain, told));
  EXPECT_TRUE(becomes([this] { return one.source.loads == 1; }));
  EXPECT_EQ(ask(hasty), "old");
  EXPECT_EQ(hasty.source.loads, 1);
  gate.cancel();
  await(scope.join());
}

TEST_F(TwoLevels, AFailedLoadLeavesItToTheNext) {
  one.source.is_down = true;
  EXPECT_EQ(ask(one), "test.broken");
  EXPECT_EQ(ask(two), "old");
  EXPECT_EQ(ask(one), "old");
  EXPECT_EQ(one.source.loads, 1);
}

TEST_F(TwoLevels, StaleIsGivenWhileOneFetchesAnother) {
  const Policy policy{.ttl = 1ms, .jitter_percent = 0, .stale_while_revalidate = 1h};
  EXPECT_EQ(ask(one, policy), "old");
  become_stale();
  row.name = "new";
  two.source.gate = &gate;
  EXPECT_EQ(ask(two, policy), "old");  // although it never had it
  EXPECT_TRUE(becomes([&] { return two.source.loads == 1; }));
  one.clock.advance(1s);
  EXPECT_EQ(ask(one, policy), "old");
  gate.cancel();
  EXPECT_TRUE(becomes([&] { return ask(two, policy) == "new"; }));
  EXPECT_EQ(one.source.loads, 1);
}

TEST_F(TwoLevels, StaleIsGivenWhenTheLoadFailsEvenOfAnother) {
  const Policy policy{.ttl = 1ms, .jitter_percent = 0, .stale_if_error = 1h};
  EXPECT_EQ(ask(one, policy), "old");
  become_stale();
  two.source.is_down = true;
  EXPECT_EQ(ask(two, policy), "old");
  EXPECT_EQ(two.source.loads, 1);
  await(one.cache.del("item:1"));
  EXPECT_TRUE(becomes([&] { return ask(two, policy) == "test.broken"; }));
}

TEST_F(TwoLevels, GetSetAndTtl) {
  await(one.cache.set(key<Item>("item", "1"), Item{.name = "set"}, {.ttl = 1h}));
  EXPECT_EQ(await(two.cache.get(key<Item>("item", "1")))->name, "set");
  EXPECT_GT(await(two.cache.ttl("item:1")), 50min);
  EXPECT_EQ(await(two.cache.ttl("item:2")), std::nullopt);
  EXPECT_EQ(await(two.cache.get(key<Numbered>("item", "1"))), nullptr);  // another type
  EXPECT_EQ(await(two.cache.get(key<Item>("item", "2"))), nullptr);
}

TEST_F(TwoLevels, WhatIsTooLargeTakesThePlaceOfWhatWasThereByNothing) {
  EXPECT_EQ(ask(one), "old");
  row.name = std::string(2'000'000, 'x');
  await(one.cache.set(key<Item>("item", "1"), Item{.name = row.name}));
  EXPECT_EQ(redis({"HGET", "cache:v:item:1", "json"}), "");
  EXPECT_EQ(ask(two), row.name);
}

// Whatever Redis loses, nothing old comes back: neither with a tag that is gone, nor with a lease that is.
TEST_F(TwoLevels, WhatRedisLostIsAMiss) {
  EXPECT_EQ(ask(one), "old");
  redis({"DEL", "cache:t:items"});
  row.name = "new";
  EXPECT_EQ(ask(two), "new");
  two.source.gate = &gate;
  std::string told;
  async::TaskScope scope(loop);
  await(two.cache.flush());
  scope.start(note(two, plain, told));
  EXPECT_TRUE(becomes([this] { return two.source.loads == 2; }));
  redis({"FLUSHALL"});
  row.name = "newer";
  gate.cancel();
  await(scope.join());
  EXPECT_EQ(ask(one), "newer");
}

TEST_F(TwoLevels, WithoutRedisRequestsContinueAndEntriesExpireSoon) {
  EXPECT_EQ(ask(one), "old");
  server.kill();
  EXPECT_TRUE(becomes([this] { return !one.level.is_subscribed() && one.clients.figures().breaker_open == 1; }));
  row.name = "new";  // by a writer whose messages do not arrive
  EXPECT_EQ(ask(one, plain, "2"), "new");
  one.clock.advance(999ms);
  EXPECT_EQ(ask(one, plain, "2"), "new");
  EXPECT_EQ(one.source.loads, 2);
  one.clock.advance(1ms);
  EXPECT_EQ(ask(one), "new");
  EXPECT_EQ(ask(one, plain, "2"), "new");
  EXPECT_EQ(one.source.loads, 4);
  server.start();
  listen();
  EXPECT_EQ(ask(one), "new");
  EXPECT_EQ(one.source.loads, 5);  // what was kept meanwhile is forgotten
  one.clock.advance(10min);
  EXPECT_EQ(ask(one), "new");
  EXPECT_EQ(ask(two), "new");
  EXPECT_EQ(one.source.loads + two.source.loads, 5);
}

TEST_F(TwoLevels, ARedisThatHangsCostsItsTimeLimitAFewTimes) {
  Process hasty(loop, server.url(), row, {}, 200ms);
  EXPECT_TRUE(becomes([&] { return hasty.level.is_subscribed() && hasty.clients.figures().connected == 1; }));
  server.hang();
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ask(hasty, plain, std::to_string(i)), "old");
  EXPECT_LE(hasty.clients.figures().timed_out, 3U);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);  // 100 limits would be 20 s
  EXPECT_TRUE(becomes([&] { return !hasty.level.is_subscribed(); }));
  server.go_on();
}

TEST_F(TwoLevels, AnUnpublishedChangeIsPublishedLater) {
  Process hasty(loop, server.url(), row, {}, 200ms);
  EXPECT_TRUE(becomes([&] { return hasty.level.is_subscribed() && hasty.clients.figures().connected == 1; }));
  EXPECT_EQ(ask(hasty), "old");
  EXPECT_EQ(ask(two), "old");
  server.hang();
  row.name = "new";
  await(hasty.cache.del("item:1"));
  EXPECT_EQ(hasty.level.pending_invalidations(), 1U);
  EXPECT_EQ(ask(hasty), "new");  // not what Redis has still
  server.go_on();
  EXPECT_TRUE(becomes(
      [&] { return hasty.level.pending_invalidations() == 0 && two.level.is_subscribed() && ask(two) == "new"; }));
  EXPECT_EQ(ask(hasty), "new");
}

TEST_F(TwoLevels, ACallerThatLeavesHasForgottenAllTheSame) {
  EXPECT_EQ(ask(one), "old");
  EXPECT_EQ(ask(two), "old");
  row.name = "new";
  async::TaskScope scope(loop);
  scope.start(one.cache.del("item:1"));
  loop.poll_one();
  scope.cancel();
  await(scope.join());
  EXPECT_EQ(ask(one), "new");
  EXPECT_TRUE(becomes([this] { return ask(two) == "new"; }));
}

TEST(ChangeMessage, IsReadAsItWasWritten) {
  const Changed what{.keys = {"a", std::string("k\0:9", 4), ""}, .tags = {"t3:x"}};
  const Changed read = detail::changed_of(detail::message_of(what));
  EXPECT_EQ(read.keys, what.keys);
  EXPECT_EQ(read.tags, what.tags);
  EXPECT_EQ(read.extent, Changed::Extent::named);
}

TEST(ChangeMessage, AMalformedOneMeansEverything) {
  for (const std::string_view message :
       {"everything", "x1:a", "k", "k1", "k:a", "k2:a", "k1:ab", "k99999999999999999999:a"})
    EXPECT_EQ(detail::changed_of(message).extent, Changed::Extent::everything) << message;
}

}  // namespace
}  // namespace ashlar::cache
