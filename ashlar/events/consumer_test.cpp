// SPDX-License-Identifier: Apache-2.0
#include "ashlar/events/consumer.hpp"

#include "ashlar/events/detail/outbox_fixture.hpp"

#include <gmock/gmock.h>

#include <map>
#include <mutex>
#include <semaphore>
#include <thread>

namespace ashlar::events {
namespace {

using namespace std::chrono_literals;
using sql::col;
using testing::ElementsAre;

struct Seen {
  std::string key;
  std::int64_t revision = 0;
};
ASHLAR_DESCRIBE(Seen, key, revision)
ASHLAR_TABLE(Seen, "seen", sql::primary_key<&Seen::key, &Seen::revision>())

// Writes each event into a table, where twice the same is an error.
Task<Result<>> write_seen(api::UnitOfWork& unit, std::vector<Event> events) {
  for (const Event& event : events) {
    const auto changed = co_await unwrap(event.data.as<Changed>());
    co_await unwrap(sql::insert(Seen{.key = changed.key, .revision = changed.revision}).run(unit));
  }
  co_return Result<>{};
}

class ConsumerTest : public OutboxTest {
 protected:
  ConsumerTest() {
    must(
        database->run_script("create table seen (key text not null, revision bigint not null, primary key (key, "
                             "revision))"));
  }
  Consumer::Services services() { return {.outbox = outbox, .units = units, .bus = bus, .environment = environment}; }
  std::string seen() {
    std::string out;
    for (const Seen& each :
         must(run(sql::from<Seen>().order_by(sql::asc<&Seen::key>, sql::asc<&Seen::revision>).all(*database))))
      out += (out.empty() ? "" : " ") + each.key + std::to_string(each.revision);
    return out;
  }

  Bus bus{logger};
};

INSTANTIATE_TEST_SUITE_P(, ConsumerTest, both_databases(), database_name);

TEST_P(ConsumerTest, HandlesEachEventOnceAndStandsByForTheHolder) {
  Consumer first(services(), {.name = "c", .events_per_batch = 2}, &write_seen);
  Consumer second(services(), {.name = "c"}, &write_seen);
  for (const char* key : {"a", "b", "a"}) change(key);
  EXPECT_EQ(must(run(first.run_once())), 2);
  EXPECT_EQ(must(run(second.run_once())), std::nullopt) << "the first one holds the lease";
  EXPECT_EQ(must(run(first.run_once())), 1);
  EXPECT_EQ(must(run(first.run_once())), 0);
  EXPECT_EQ(seen(), "a1 a2 b1");
  EXPECT_EQ(first.figures().events, 3U);
  EXPECT_TRUE(first.figures().is_holding);
  EXPECT_FALSE(second.figures().is_holding);
}

TEST_P(ConsumerTest, HandlesTheTypesThatItNames) {
  Consumer other(services(), {.name = "c", .types = {"thing.removed"}}, &write_seen);
  change("a");
  EXPECT_EQ(must(run(other.run_once())), 1);
  EXPECT_EQ(seen(), "");
  EXPECT_EQ(must(run(other.run_once())), 0);
}

TEST_P(ConsumerTest, UndoesTheEffectsOfABatchThatFails) {
  bool fails = true;
  Consumer consumer(services(), {.name = "c"}, [&fails](api::UnitOfWork& unit, std::vector<Event> events) {
    return [](api::UnitOfWork& to, std::vector<Event> its, bool must_fail) -> Task<Result<>> {
      co_await unwrap(write_seen(to, std::move(its)));
      if (must_fail) co_return fail(ashlar::errors::overloaded, "no");
      co_return Result<>{};
    }(unit, std::move(events), fails);
  });
  change("a");
  change("b");
  EXPECT_FALSE(run(consumer.run_once()));
  EXPECT_EQ(seen(), "");
  fails = false;
  EXPECT_EQ(must(run(consumer.run_once())), 2);
  EXPECT_EQ(seen(), "a1 b1");
}

TEST_P(ConsumerTest, BeginsAnewWhenItsPositionWasRemoved) {
  Consumer consumer(services(), {.name = "c", .start = StartFrom::now, .lease_time = 0ms}, &write_seen);
  EXPECT_EQ(must(run(consumer.run_once())), 0);
  EXPECT_TRUE(must(run(outbox.remove_consumer("c"))));
  EXPECT_EQ(run(consumer.run_once()).error().code(), errors::unknown_consumer);
  EXPECT_EQ(must(run(consumer.run_once())), 0);
  change("a");
  EXPECT_EQ(must(run(consumer.run_once())), 1);
}

TEST_P(ConsumerTest, IsWokenByACommitAndHandlesAPoisonedEventAlone) {
  std::counting_semaphore<> handled{0};
  std::atomic<bool> poisoned = true;
  std::mutex mutex;
  std::vector<std::string> batches;
  api::Units publishing(*database, {.listener = bus.listener()});
  // It polls never, so only the bus wakes it.
  RunningConsumer running(services(),
                          {.name = "c", .poll_interval = 1h, .retry_delay_min = 1ms, .retry_delay_max = 1ms},
                          [&](api::UnitOfWork&, std::vector<Event> events) -> Task<Result<>> {
                            std::string text;
                            for (const Event& event : events) text += shown(event);
                            const bool fails = poisoned && text.find("b1") != std::string::npos;
                            const std::lock_guard lock(mutex);
                            batches.push_back(text + (fails ? " fails" : ""));
                            handled.release();
                            if (fails) co_return fail(ashlar::errors::overloaded, "no");
                            co_return Result<>{};
                          });
  const auto publish_one = [&](const std::string& key) { must(run(publishing.run(call, &change_thing, key))); };
  publish_one("a");
  handled.acquire();
  publish_one("b");
  handled.acquire();
  handled.acquire();
  poisoned = false;
  const auto count_last = [&] {
    const std::lock_guard lock(mutex);
    return batches.back();
  };
  while (count_last() != "b1") handled.acquire();
  publish_one("c");
  while (count_last() != "c1") handled.acquire();
  EXPECT_EQ(batches.front(), "a1");
  EXPECT_GE(running.figures().failures, 2U);
}

}  // namespace
}  // namespace ashlar::events
