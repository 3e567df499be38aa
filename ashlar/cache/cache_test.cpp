// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/cache.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::cache {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

struct Item {
  std::string name;
  std::int64_t price = 0;
};
ASHLAR_DESCRIBE(Item, name, price)

struct Other {
  std::string name;
};
ASHLAR_DESCRIBE(Other, name)

constexpr ErrorCode away{ErrorKind::unavailable, "test.away"};
constexpr ErrorCode denied{ErrorKind::forbidden, "test.denied"};

// Opened once; tasks that wait for it continue then. For one loop.
class Gate {
 public:
  explicit Gate(asio::io_context& loop) : timer_(loop, asio::steady_timer::time_point::max()) {}
  void open() {
    open_ = true;
    timer_.cancel();
  }
  Task<> passed() {
    if (open_) co_return;
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, ignored));
  }

 private:
  bool open_ = false;
  asio::steady_timer timer_;
};

// What is behind the cache: counts its loads.
struct Source {
  int loads = 0;
  std::string name = "first";
  bool is_down = false;
  bool refuses = false;
  bool throws = false;
  Gate* gate = nullptr;

  Task<Result<Item>> load() {
    ++loads;
    const Item made{.name = name, .price = loads};
    if (gate != nullptr) co_await gate->passed();
    if (throws) throw std::runtime_error("broken");
    if (is_down) co_return fail(away, "away");
    if (refuses) co_return fail(denied, "denied");
    co_return made;
  }
  Task<Result<std::optional<Item>>> load_nothing() {
    ++loads;
    co_return std::optional<Item>();
  }
  Task<Result<Item>> hang() {
    ++loads;
    asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable_t<LoopExecutor>{});
    co_return Item{};
  }
};

class CacheTest : public testing::Test {
 protected:
  Result<Shared<Item>> ask(Policy policy = {}, std::string id = "1") {
    return async::run_to_end(loop, cache.get_or_set(key<Item>("item", id), std::move(policy), loader()));
  }
  std::function<Task<Result<Item>>()> loader() {
    return [this] { return source.load(); };
  }
  std::string name_of(const Result<Shared<Item>>& got) {
    if (!got) return std::string(got.error().code().name);
    return *got ? (*got)->name : "nothing";
  }
  // Reads the cache and records the answer.
  Task<> note(Policy policy, std::vector<std::string>& told) {
    std::string text;
    try {
      text = name_of(co_await cache.get_or_set(key<Item>("item", "1"), std::move(policy), loader()));
    } catch (const boost::system::system_error& e) {
      text = e.code() == asio::error::operation_aborted ? "cancelled" : "failed";
    } catch (const std::runtime_error& e) {
      text = e.what();
    }
    told.push_back(std::move(text));
  }
  template <class T>
  T await(Task<T> task) {
    return async::run_to_end(loop, std::move(task));
  }
  void await(Task<> task) { async::run_to_end(loop, std::move(task)); }
  void settle() {
    loop.restart();
    loop.poll();
  }

  asio::io_context loop{1};
  ManualClock clock{Timestamp::from_milliseconds(1'000'000)};
  SeededRandom random{7};
  Source source;
  Cache cache{{}, clock, random};
};

Policy exact(std::chrono::milliseconds ttl) { return {.ttl = ttl, .jitter_percent = 0}; }

TEST_F(CacheTest, ErrorsAreReturnedAndNotStored) {
  source.is_down = true;
  EXPECT_EQ(name_of(ask()), "test.away");
  source.is_down = false;
  EXPECT_EQ(name_of(ask()), "first");
  EXPECT_EQ(source.loads, 2);
  EXPECT_EQ(cache.statistics().load_failures, 1U);
}

TEST_F(CacheTest, ExceptionsComeOutAndAreNotKept) {
  source.throws = true;
  EXPECT_THROW(ask(), std::runtime_error);
  source.throws = false;
  EXPECT_EQ(name_of(ask()), "first");
}

TEST_F(CacheTest, ALoaderThatHangsIsGivenUp) {
  Cache impatient({.load_time_max = 1ms}, clock, random);
  const auto got = await(impatient.get_or_set(key<Item>("item"), Policy{}, [this] { return source.hang(); }));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), errors::deadline_exceeded);
}

TEST_F(CacheTest, AValueOfAnotherTypeIsAMiss) {
  await(cache.set(key<Other>("item", "1"), Other{.name = "other"}));
  EXPECT_EQ(await(cache.get(key<Item>("item", "1"))), nullptr);
  EXPECT_EQ(name_of(ask()), "first");
  EXPECT_EQ(await(cache.get(key<Other>("item", "1"))), nullptr);
}

TEST_F(CacheTest, KeepsUntilTheTtlIsOver) {
  EXPECT_EQ(name_of(ask(exact(10s))), "first");
  clock.advance(9'999ms);
  EXPECT_EQ((*ask(exact(10s)))->price, 1);
  EXPECT_EQ(await(cache.ttl("item:1")), 1ms);
  clock.advance(1ms);
  EXPECT_EQ(await(cache.ttl("item:1")), std::nullopt);
  EXPECT_EQ(await(cache.get(key<Item>("item", "1"))), nullptr);
  EXPECT_EQ((*ask(exact(10s)))->price, 2);
  const auto counted = cache.statistics();
  EXPECT_EQ(counted.hits, 1U);
  EXPECT_EQ(counted.misses, 3U);
  EXPECT_EQ(counted.loads, 2U);
}

TEST_F(CacheTest, TheTtlIsMadeShorterAtRandomUpToItsShare) {
  std::vector<std::int64_t> times;
  for (int i = 0; i < 200; ++i) {
    await(cache.set(key<Item>("item", i), Item{}, {.ttl = 1000ms, .jitter_percent = 20}));
    times.push_back(await(cache.ttl(key<Item>("item", i).text()))->count());
  }
  const auto [least, most] = std::ranges::minmax(times);
  EXPECT_GE(least, 800);
  EXPECT_LE(most, 1000);
  EXPECT_GT(most - least, 100);
}

TEST_F(CacheTest, SetDelAndFlush) {
  await(cache.set(key<Item>("item", "1"), Item{.name = "set", .price = 5}));
  EXPECT_EQ(name_of(ask()), "set");
  await(cache.del("item:1"));
  EXPECT_EQ(name_of(ask()), "first");
  await(cache.flush());
  EXPECT_EQ(cache.statistics().entries, 0U);
  EXPECT_EQ((*ask())->price, 2);
}

TEST_F(CacheTest, ATagForgetsWhatWasKeptWithIt) {
  EXPECT_TRUE(ask({.tags = {"items", "shop"}}, "1"));
  EXPECT_TRUE(ask({.tags = {"items"}}, "2"));
  EXPECT_TRUE(ask({.tags = {"shop"}}, "3"));
  await(cache.invalidate("items"));
  EXPECT_EQ(await(cache.get(key<Item>("item", "1"))), nullptr);
  EXPECT_EQ(await(cache.get(key<Item>("item", "2"))), nullptr);
  EXPECT_NE(await(cache.get(key<Item>("item", "3"))), nullptr);
  EXPECT_TRUE(ask({.tags = {"items"}}, "1"));
  EXPECT_NE(await(cache.get(key<Item>("item", "1"))), nullptr);
}

TEST_F(CacheTest, NothingIsAnAnswerThatIsKept) {
  const auto nothing = [this] { return source.load_nothing(); };
  const auto none = key<Item>("none");
  for (int i = 0; i < 3; ++i) {
    const auto got = await(cache.get_or_set(none, {.negative_ttl = 5s}, nothing));
    ASSERT_TRUE(got);
    EXPECT_EQ(*got, nullptr);
  }
  EXPECT_EQ(source.loads, 1);
  clock.advance(5s);
  EXPECT_TRUE(await(cache.get_or_set(none, {.negative_ttl = 5s}, nothing)));
  EXPECT_EQ(source.loads, 2);
  await(cache.set(none, Item{.name = "made"}));
  EXPECT_EQ((*await(cache.get_or_set(none, {.negative_ttl = 5s}, nothing)))->name, "made");
}

TEST_F(CacheTest, WithoutANegativeTtlAbsenceIsNotRemembered) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(await(cache.get_or_set(key<Item>("none"), Policy{}, [this] { return source.load_nothing(); })));
  }
  EXPECT_EQ(source.loads, 2);
}

TEST_F(CacheTest, ManyWhoAskAtOnceShareOneLoadAndItsFailure) {
  for (const bool throws : {false, true}) {
    Gate gate(loop);
    source = {.throws = throws, .gate = &gate};
    await(cache.flush());
    std::vector<std::string> told;
    async::TaskScope scope(loop);
    for (int i = 0; i < 10; ++i) scope.start(note({}, told));
    settle();
    EXPECT_EQ(source.loads, 1);
    EXPECT_TRUE(told.empty());
    gate.open();
    await(scope.join());
    EXPECT_EQ(told, std::vector<std::string>(10, throws ? "broken" : "first"));
  }
}

TEST_F(CacheTest, ACancelledCallerDoesNotAffectOthers) {
  Gate gate(loop);
  source.gate = &gate;
  std::vector<std::string> told;
  async::TaskScope first(loop);
  async::TaskScope second(loop);
  first.start(note({}, told));  // the one who began the load
  settle();
  second.start(note({}, told));
  settle();
  first.cancel();
  await(first.join());
  EXPECT_EQ(told, std::vector<std::string>{"cancelled"});
  gate.open();
  await(second.join());
  EXPECT_EQ(told, (std::vector<std::string>{"cancelled", "first"}));
  EXPECT_EQ(source.loads, 1);
  EXPECT_EQ(name_of(ask()), "first");
}

TEST_F(CacheTest, WhatWasChangedDuringALoadIsNotKept) {
  const std::vector<std::function<Task<>()>> changes = {
      [this] { return cache.del("item:1"); },
      [this] { return cache.invalidate("items"); },
      [this] { return cache.flush(); },
  };
  for (const auto& change : changes) {
    Gate gate(loop);
    source = {.gate = &gate};
    await(cache.flush());
    std::vector<std::string> told;
    async::TaskScope scope(loop);
    scope.start(note({.tags = {"items"}}, told));
    settle();
    source.name = "second";
    await(change());
    scope.start(note({.tags = {"items"}}, told));  // must not get the value from before
    settle();
    EXPECT_EQ(source.loads, 2);
    gate.open();
    await(scope.join());
    EXPECT_EQ(told, (std::vector<std::string>{"first", "second"}));
    EXPECT_EQ(name_of(ask()), "second");
  }
}

TEST_F(CacheTest, WhatWasSetDuringALoadStays) {
  Gate gate(loop);
  source.gate = &gate;
  std::vector<std::string> told;
  async::TaskScope scope(loop);
  scope.start(note({}, told));
  settle();
  await(cache.set(key<Item>("item", "1"), Item{.name = "set"}));
  gate.open();
  await(scope.join());
  EXPECT_EQ(name_of(ask()), "set");
}

TEST_F(CacheTest, GivesTheStaleValueWhileOneLoadFetchesANewOne) {
  const Policy policy{.ttl = 10s, .jitter_percent = 0, .stale_while_revalidate = 5s};
  EXPECT_EQ(name_of(ask(policy)), "first");
  clock.advance(12s);
  source.name = "second";
  Gate gate(loop);
  source.gate = &gate;
  EXPECT_EQ(name_of(ask(policy)), "first");
  EXPECT_EQ(name_of(ask(policy)), "first");
  settle();
  EXPECT_EQ(source.loads, 2);
  gate.open();
  settle();
  EXPECT_EQ(name_of(ask(policy)), "second");
  EXPECT_EQ(source.loads, 2);
  EXPECT_EQ(cache.statistics().stale_hits, 2U);
  clock.advance(15s);
  EXPECT_EQ((*ask(policy))->price, 3);  // too old: it is waited for
}

TEST_F(CacheTest, GivesTheStaleValueWhenTheLoadFails) {
  const Policy policy{.ttl = 10s, .jitter_percent = 0, .stale_if_error = 60s, .retry_delay = 2s};
  EXPECT_EQ(name_of(ask(policy)), "first");
  clock.advance(11s);
  source.is_down = true;
  EXPECT_EQ(name_of(ask(policy)), "first");
  EXPECT_EQ(name_of(ask(policy)), "first");
  EXPECT_EQ(source.loads, 2);  // not tried again at once
  clock.advance(2s);
  source.throws = true;
  EXPECT_EQ(name_of(ask(policy)), "first");
  EXPECT_EQ(source.loads, 3);
  clock.advance(60s);
  source.throws = false;
  EXPECT_EQ(name_of(ask(policy)), "test.away");
}

TEST_F(CacheTest, AnErrorThatIsAnAnswerIsReturned) {
  const Policy policy{.ttl = 10s, .jitter_percent = 0, .stale_if_error = 60s};
  EXPECT_TRUE(ask(policy));
  clock.advance(11s);
  source.refuses = true;
  EXPECT_EQ(name_of(ask(policy)), "test.denied");
  source.is_down = true;
  EXPECT_EQ(name_of(ask(policy)), "test.away");  // and what was kept before is gone
}

TEST_F(CacheTest, KeepsWithinItsBytes) {
  constexpr std::size_t bytes_max = 100'000;
  Cache small({.bytes_max = bytes_max}, clock, random);
  for (int i = 0; i < 2'000; ++i) {
    await(small.set(key<Item>("item", i), Item{.name = std::string(100, 'x')}));
    ASSERT_LE(small.statistics().bytes, bytes_max);
  }
  const auto counted = small.statistics();
  EXPECT_GT(counted.bytes, bytes_max / 2);
  EXPECT_EQ(counted.entries + counted.evictions, 2'000U);
}

TEST_F(CacheTest, DoesNotKeepWhatIsTooLarge) {
  Cache small({.bytes_max = 100'000, .key_bytes_max = 10}, clock, random);
  await(small.set(key<Item>("large"), Item{.name = std::string(30'000, 'x')}));
  EXPECT_EQ(await(small.get(key<Item>("large"))), nullptr);
  await(small.set(key<Item>("a key that is too long"), Item{}));
  EXPECT_EQ(small.statistics().entries, 0U);
  await(small.set(key<Item>("k"), Item{}));
  await(small.set(key<Item>("k"), Item{.name = std::string(30'000, 'x')}));
  EXPECT_EQ(await(small.get(key<Item>("k"))), nullptr);  // not what it was before either
}

TEST_F(CacheTest, PartsOfAKeyDoNotRunTogether) {
  EXPECT_EQ(key<Item>("a", "b:c").text(), "a:b%3Ac");
  EXPECT_NE(key<Item>("a:b", "c").text(), key<Item>("a", "b:c").text());
  EXPECT_NE(key<Item>("a", "b%3Ac").text(), key<Item>("a", "b:c").text());
  EXPECT_EQ(key<Item>("a", -5, std::uint64_t{7}, Uuid{}).text(), "a:-5:7:00000000-0000-0000-0000-000000000000");
}

TEST_F(CacheTest, ClosingFailsWaitingCallers) {
  Gate gate(loop);
  source.gate = &gate;
  std::vector<std::string> told;
  async::TaskScope scope(loop);
  scope.start(note({}, told));
  settle();
  cache.close();
  settle();
  EXPECT_EQ(told, std::vector<std::string>{"server.overloaded"});
  EXPECT_EQ(name_of(ask()), "server.overloaded");
  gate.open();
  await(scope.join());
}

// Several loops access a few keys concurrently, with changes and cancellations. Every value read was loaded for its
// key.
Task<Result<Item>> load_numbered(int number, std::atomic<int>& loads) {
  ++loads;
  for (int turn = 0; turn < 5 * number; ++turn) {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable_t<LoopExecutor>{});
  }
  if (number == 3) co_return fail(away, "away");
  co_return Item{.name = std::to_string(number), .price = number};
}

Task<> hammer(Cache& cache, int seed, std::atomic<int>& loads, std::atomic<int>& wrong) {
  for (int i = 0; i < 300; ++i) {
    const int number = (i * 7 + seed) % 5;
    if (i % 29 == 0) co_await cache.del(key<Item>("n", number).text());
    if (i % 31 == 0) co_await cache.invalidate("all");
    auto got = co_await async::with_deadline(
        cache.get_or_set(key<Item>("n", number), {.stale_while_revalidate = 1s, .tags = {"all"}},
                         [number, &loads] { return load_numbered(number, loads); }),
        std::chrono::milliseconds(i % 11 == 0 ? 0 : 10'000));
    if (got && (*got == nullptr || (*got)->price != number)) ++wrong;
    if (got && number == 3) ++wrong;
  }
}

TEST(CacheOnSeveralLoops, WhoAsksSeesWhatWasLoadedForItsKey) {
  SystemClock clock;
  SystemRandom random;
  std::vector<std::unique_ptr<asio::io_context>> loops;
  for (int i = 0; i < 3; ++i) loops.push_back(std::make_unique<asio::io_context>(1));
  Cache cache({.bytes_max = 4 * 1024 * 1024}, clock, random);
  std::atomic<int> loads = 0;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (auto& loop : loops) {
    for (int i = 0; i < 8; ++i) {
      asio::co_spawn(loop->get_executor(), hammer(cache, i, loads, wrong), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
      });
    }
    threads.emplace_back([&loop] { loop->run(); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(loads, 0);
  EXPECT_EQ(cache.statistics().loads, static_cast<std::uint64_t>(loads.load()));
  cache.close();
}

}  // namespace
}  // namespace ashlar::cache
