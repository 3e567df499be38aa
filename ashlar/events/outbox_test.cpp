// SPDX-License-Identifier: Apache-2.0
#include "ashlar/events/outbox.hpp"

#include "ashlar/events/detail/outbox_fixture.hpp"

#include <gmock/gmock.h>

namespace ashlar::events {
namespace {

using namespace std::chrono_literals;
using sql::Statement;

INSTANTIATE_TEST_SUITE_P(, OutboxTest, both_databases(), database_name);

Task<Result<>> publish_and_fail(api::UnitOfWork& unit) {
  publish(unit, changed_event, "a", Changed{.key = "a", .revision = 99});
  co_return fail(ashlar::errors::overloaded, "no");
}

TEST_P(OutboxTest, StoresNothingOfAUnitThatFails) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  EXPECT_FALSE(run(units.run(call, &publish_and_fail)));
  EXPECT_EQ(read_all("c"), "");
}

TEST_P(OutboxTest, RefusesAConsumerThatItDoesNotKnow) {
  EXPECT_EQ(run(outbox.acquire({.consumer = "x", .holder = holder, .time = 1s})).error().code(),
            errors::unknown_consumer);
  EXPECT_FALSE(must(run(outbox.remove_consumer("x"))));
}

TEST_P(OutboxTest, GivesEachEventOnceInBatchesOfAnySize) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  must(run(outbox.add_consumer("d", StartFrom::oldest)));
  for (const char* key : {"a", "b", "a", "c", "a", "b"}) change(key);
  EXPECT_EQ(read_all("c"), "a1 b1 a2 c1 a3 b2");
  EXPECT_EQ(read_all("c"), "");
  EXPECT_EQ(read_all("d", 1), "a1 b1 a2 c1 a3 b2") << "each consumer has a position of its own";
  change("c");
  EXPECT_EQ(read_all("c", 2), "c2");
  EXPECT_EQ(read_all("d", 4), "c2");
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  EXPECT_EQ(read_all("c"), "") << "adding it again changes nothing";
}

TEST_P(OutboxTest, KeepsWhatIsPublishedWhileARoundIsRead) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  for (int i = 0; i < 4; ++i) change("a");
  EXPECT_EQ(read_batch("c", 3).text, "a1 a2 a3");
  change("b");
  change("a");
  EXPECT_EQ(read_batch("c", 1).text, "a4") << "full: the round may have more";
  change("c");
  EXPECT_EQ(read_all("c", 2), "b1 a5 c1");
  EXPECT_EQ(read_all("c"), "");
}

TEST_P(OutboxTest, BeginsWithTheOldestEventOrWithTheNextOne) {
  change("a");
  must(run(outbox.add_consumer("new", StartFrom::now)));
  must(run(outbox.add_consumer("old", StartFrom::oldest)));
  change("b");
  EXPECT_EQ(read_all("new"), "b1");
  EXPECT_EQ(read_all("old"), "a1 b1");
}

TEST_P(OutboxTest, HasTheEnvelopeThatWasPublished) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  change("a");
  const auto position = must(run(outbox.acquire({.consumer = "c", .holder = holder, .time = 1s})));
  const auto batch = must(run(outbox.read(*position, 10)));
  ASSERT_EQ(batch.events.size(), 1U);
  const Event& event = batch.events.front();
  EXPECT_EQ(event.sequence, 1);
  EXPECT_EQ(event.type, "thing.changed");
  EXPECT_FALSE(event.actor);
  EXPECT_FALSE(event.id.is_nil());
  EXPECT_EQ(schema::to_json(event), R"({"id":")" + event.id.to_string() +
                                        R"(","sequence":1,"type":"thing.changed","at":")" + event.at.to_string() +
                                        R"(","key":"a","actor":null,"data":{"key":"a","revision":1}})");
}

TEST_P(OutboxTest, LetsOneHolderReadUntilItsLeaseEnds) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  const Uuid other = Uuid::make(clock, random);
  const LeaseRequest mine{.consumer = "c", .holder = holder, .time = 10s};
  const LeaseRequest others{.consumer = "c", .holder = other, .time = 1ms};
  ASSERT_TRUE(must(run(outbox.acquire(mine))));
  EXPECT_FALSE(must(run(outbox.acquire(others))));
  EXPECT_TRUE(must(run(outbox.acquire(mine)))) << "the holder extends it";
  must(run(outbox.release("c", other)));
  EXPECT_FALSE(must(run(outbox.acquire(others)))) << "only the holder releases it";
  must(run(outbox.release("c", holder)));
  EXPECT_TRUE(must(run(outbox.acquire(others))));
  while (!must(run(outbox.acquire(mine)))) {  // it ends by the database's clock
  }
}

TEST_P(OutboxTest, RefusesToAdvanceWhatAnotherInstanceHasAdvanced) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  change("a");
  const LeaseRequest mine{.consumer = "c", .holder = holder, .time = 1ms};
  const LeaseRequest others{.consumer = "c", .holder = Uuid::make(clock, random), .time = 1ms};
  const auto position = must(run(outbox.acquire(mine)));
  const auto batch = must(run(outbox.read(*position, 10)));
  must(run(units.run(call, &Outbox::advance, batch.next, others)));
  EXPECT_EQ(run(units.run(call, &Outbox::advance, batch.next, mine)).error().code(), errors::position_taken);
}

TEST_P(OutboxTest, PrunesByAgeAndNumberWhatAllConsumersHaveProcessed) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  for (int i = 0; i < 10; ++i) change("a");
  const auto count = [&] { return integer("select count(*) from events"); };
  const RetentionOptions by_number{.count_max = 4, .rows_per_statement = 3};
  EXPECT_EQ(must(run(outbox.prune(by_number, clock.now()))), 0) << "nothing is processed";
  EXPECT_EQ(read_all("c"), "a1 a2 a3 a4 a5 a6 a7 a8 a9 a10");
  EXPECT_EQ(must(run(outbox.prune({}, clock.now()))), 0) << "neither old nor many";
  EXPECT_EQ(must(run(outbox.prune(by_number, clock.now()))), 6);
  EXPECT_EQ(must(run(outbox.prune({.age_max = 1h}, clock.now() + 2h))), 3) << "the newest one stays";
  EXPECT_EQ(count(), 1);
  change("a");
  EXPECT_EQ(read_all("c"), "a11");
  change("a");
  change("a");
  EXPECT_EQ(must(run(outbox.prune({.age_max = 1h, .lagging_max = 3h}, clock.now() + 2h))), 2);
  EXPECT_EQ(must(run(outbox.prune({.age_max = 1h, .lagging_max = 3h}, clock.now() + 4h))), 1)
      << "a consumer that lags for too long loses events";
  EXPECT_EQ(read_all("c"), "a13");
}

TEST_P(OutboxTest, KeepsNoEventOnAccountOfARemovedConsumer) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  must(run(outbox.add_consumer("gone", StartFrom::oldest)));
  for (int i = 0; i < 3; ++i) change("a");
  (void)read_all("c");
  EXPECT_EQ(must(run(outbox.prune({.age_max = 1h}, clock.now() + 2h))), 0);
  EXPECT_TRUE(must(run(outbox.remove_consumer("gone"))));
  EXPECT_EQ(must(run(outbox.prune({.age_max = 1h}, clock.now() + 2h))), 2);
}

TEST_P(OutboxTest, ShowsWhatWaitsForEachConsumer) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  must(run(outbox.add_consumer("d", StartFrom::oldest)));
  for (int i = 0; i < 5; ++i) change("a");
  (void)read_batch("c", 3);
  auto states = must(run(outbox.consumers()));
  ASSERT_EQ(states.size(), 2U);
  EXPECT_EQ(states[0].name, "c");
  EXPECT_EQ(states[0].waiting, 2);
  EXPECT_EQ(states[0].sequence, 3);
  ASSERT_TRUE(states[0].holder);
  EXPECT_EQ(*states[0].holder, holder);
  EXPECT_TRUE(states[0].oldest_waiting_at);
  EXPECT_EQ(states[1].waiting, 5);
  EXPECT_FALSE(states[1].holder);
  (void)read_all("c");
  states = must(run(outbox.consumers()));
  EXPECT_EQ(states[0].waiting, 0);
  EXPECT_FALSE(states[0].oldest_waiting_at);
}

TEST_P(OutboxTest, ListsEventsAfterASequence) {
  for (int i = 0; i < 5; ++i) change("a");
  const auto list = [&](std::int64_t after, std::int64_t limit) {
    std::string out;
    for (const Event& event : must(run(outbox.list_after(after, limit)))) out += std::to_string(event.sequence);
    return out;
  };
  EXPECT_EQ(list(0, 3), "123");
  EXPECT_EQ(list(3, 3), "45");
  EXPECT_EQ(list(5, 3), "");
}

}  // namespace
}  // namespace ashlar::events
