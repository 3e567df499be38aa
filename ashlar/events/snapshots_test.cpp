// SPDX-License-Identifier: Apache-2.0
// What PostgreSQL's concurrent transactions do to a reader: docs/design/events.md.
#include "ashlar/events/consumer.hpp"
#include "ashlar/events/detail/outbox_fixture.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <random>
#include <thread>

namespace ashlar::events {
namespace {

using namespace std::chrono_literals;
using sql::col;
using testing::ElementsAre;

class Snapshots : public OutboxTest {
 protected:
  // A transaction that publishes and stays open: `prepare` gives it an xid before it locks a thing.
  class Open {
   public:
    Open(Snapshots& test, std::string key) : test_(test), key_(std::move(key)) {
      transaction_.emplace(must(test_.run(test_.database->begin())));
      must(test_.run(sql::execute(*transaction_, "select pg_current_xact_id()")));
    }
    void change() {
      const auto thing = must(test_.run(sql::update<Thing>()
                                            .set(col<&Thing::revision> += 1)
                                            .where(col<&Thing::key> == key_)
                                            .returning_one(*transaction_)));
      const NewEventRow row{.id = Uuid::make(test_.clock, test_.random),
                            .type = "thing.changed",
                            .key = key_,
                            .actor_id = {},
                            .actor_kind = {},
                            .at = test_.clock.now(),
                            .data = JsonObject::of(Changed{.key = key_, .revision = thing->revision})};
      must(test_.run(sql::insert_into<EventRow>(row).run(*transaction_)));
    }
    void commit() { must(test_.run(transaction_->commit())); }
    void roll_back() { must(test_.run(transaction_->rollback())); }

   private:
    Snapshots& test_;
    std::string key_;
    std::optional<sql::Transaction> transaction_;
  };
};

INSTANTIATE_TEST_SUITE_P(, Snapshots, testing::Values(sql::Dialect::postgres), database_name);

TEST_P(Snapshots, AnOpenTransactionDelaysNoEventButItsOwn) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  Open late(*this, "a");
  late.change();
  change("b");
  EXPECT_EQ(read_all("c"), "b1");
  for (int i = 0; i < 5; ++i) change("c");
  EXPECT_EQ(read_all("c", 2), "c1 c2 c3 c4 c5");
  late.commit();
  EXPECT_EQ(read_all("c"), "a1") << "its sequence is smaller than those that were read";
  change("a");
  EXPECT_EQ(read_all("c"), "a2");
}

TEST_P(Snapshots, ATransactionPastTheEndOfTheSnapshotIsNotLost) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  Open later(*this, "a");  // its xid is the newest that was given out, so no snapshot lists it
  later.change();
  {
    Open never(*this, "c");
    Open first(*this, "b");
    first.change();
    first.commit();  // a later sequence, which is read first
    never.roll_back();
  }
  EXPECT_EQ(read_all("c"), "b1");
  later.commit();
  EXPECT_EQ(read_all("c"), "a1");
}

TEST_P(Snapshots, TwoChangesOfOneKeyAreInOrderWhicheverTransactionBeganFirst) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  for (const std::int64_t events_max : {1, 2, 100}) {
    Open older(*this, "a");
    change("b");
    change("a");
    older.change();
    older.commit();
    const std::string read = read_all("c", events_max);
    EXPECT_LT(read.find("a1"), read.find("a2")) << read;
    run(sql::execute(*database, "update things set revision = 0"));
  }
}

TEST_P(Snapshots, ARoundKeepsItsSnapshotWhileOthersCommit) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  Open late(*this, "a");
  late.change();
  for (int i = 0; i < 3; ++i) change("b");
  EXPECT_EQ(read_batch("c", 2).text, "b1 b2");
  late.commit();
  EXPECT_EQ(read_batch("c", 2).text, "b3") << "of the round";
  EXPECT_EQ(read_all("c", 2), "a1");
}

TEST_P(Snapshots, AConsumerThatBeginsNowGetsWhatIsOpen) {
  Open late(*this, "a");
  late.change();
  change("b");
  must(run(outbox.add_consumer("c", StartFrom::now)));
  late.commit();
  change("b");
  EXPECT_EQ(read_all("c"), "a1 b2");
}

TEST_P(Snapshots, ARolledBackTransactionLeavesNoGapThatStops) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  Open never(*this, "a");
  never.change();
  change("b");
  EXPECT_EQ(read_all("c"), "b1");
  never.roll_back();
  change("a");
  EXPECT_EQ(read_all("c"), "a1");
}

TEST_P(Snapshots, PruningKeepsALateEventOfAnOldTransaction) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  Open late(*this, "a");
  late.change();
  for (int i = 0; i < 3; ++i) change("b");
  EXPECT_EQ(read_all("c"), "b1 b2 b3");
  late.commit();
  EXPECT_EQ(must(run(outbox.prune({.age_max = 1h}, clock.now() + 2h))), 2);
  EXPECT_EQ(must(run(outbox.consumers())).at(0).waiting, 1);
  EXPECT_EQ(read_all("c"), "a1");
}

TEST_P(Snapshots, TheListShowsNothingBeforeWhatIsStillOpen) {
  change("b");
  Open late(*this, "a");
  late.change();
  change("b");
  const auto sequences = [&] {
    std::string out;
    for (const Event& event : must(run(outbox.list_after(0, 10)))) out += std::to_string(event.sequence);
    return out;
  };
  EXPECT_EQ(sequences(), "") << "nothing is known to be settled";
  late.commit();
  EXPECT_EQ(sequences(), "123");
  Open later(*this, "a");
  later.change();
  change("b");
  EXPECT_EQ(sequences(), "123") << "4 may still appear, so 5 is not shown";
  later.roll_back();
  EXPECT_EQ(sequences(), "1235");
}

struct Seen {
  std::string key;
  std::int64_t revision = 0;
};
ASHLAR_DESCRIBE(Seen, key, revision)
ASHLAR_TABLE(Seen, "seen", sql::primary_key<&Seen::key, &Seen::revision>())

// Writes what it sees, where a repetition is an error, and counts what comes before its predecessor.
Task<Result<>> write_in_order(api::UnitOfWork* unit, std::vector<Event> events, std::atomic<int>* disordered) {
  for (const Event& event : events) {
    const auto changed = co_await unwrap(event.data.as<Changed>());
    const bool is_next =
        changed.revision == 1 ||
        co_await unwrap(sql::from<Seen>()
                            .where(col<&Seen::key> == changed.key && col<&Seen::revision> == changed.revision - 1)
                            .exists(*unit));
    if (!is_next) ++*disordered;
    co_await unwrap(sql::insert(Seen{.key = changed.key, .revision = changed.revision}).run(*unit));
  }
  co_return Result<>{};
}

Task<> write_changes(api::Units* units, api::Call::Environment environment, unsigned seed, int changes, int keys) {
  std::mt19937 random(seed);
  for (int i = 0; i < changes; ++i) {
    api::SystemCall call(environment, "writer");
    const auto key = "k" + std::to_string(random() % static_cast<unsigned>(keys));
    const auto changed = co_await units->run(call, &change_thing, key);
    EXPECT_TRUE(changed) << changed.error().cause();
  }
}

// 50 writers on 10 keys, two instances of a consumer of which one is stopped and started again at random moments, and a
// transaction that publishes and stays open meanwhile.
TEST_P(Snapshots, FiftyWritersAndRestartsLeaveNoGapAndKeepTheOrderOfEachKey) {
  constexpr int writers = 50, changes = 40, keys = 10;
  must(database->run_script(
      "create table seen (key text not null, revision bigint not null, primary key (key, revision))"));
  for (int i = 0; i < keys; ++i) must(run(sql::insert(Thing{.key = "k" + std::to_string(i)}).run(*database)));
  Open late(*this, "a");
  late.change();

  Bus bus(logger);
  api::Units publishing(*database, {.listener = bus.listener()});
  std::atomic<int> disordered = 0;
  const auto make = [&] {
    return std::make_unique<RunningConsumer>(
        Consumer::Services{.outbox = outbox, .units = units, .bus = bus, .environment = environment},
        ConsumerOptions{.name = "c",
                        .events_per_batch = 7,
                        .standby_interval = 5ms,
                        .poll_interval = 20ms,
                        .retry_delay_min = 1ms,
                        .retry_delay_max = 10ms},
        [&disordered](api::UnitOfWork& unit, std::vector<Event> events) {
          return write_in_order(&unit, std::move(events), &disordered);
        });
  };
  boost::asio::io_context writing{1};
  async::TaskScope tasks(writing);
  std::vector<std::unique_ptr<RunningConsumer>> consumers;
  for (int i = 0; i < 12; ++i) consumers.push_back(make());  // the bus knows them all before the first commit
  std::thread writer([&] {
    for (int i = 0; i < writers; ++i)
      tasks.start(write_changes(&publishing, environment, static_cast<unsigned>(i), changes, keys));
    async::run_to_end(writing, tasks.join());
  });
  const auto seen = [&] { return integer("select count(*) from seen"); };
  std::mt19937 chance(17);
  for (auto& consumer : consumers) {
    if (&consumer == &consumers.back()) break;
    const std::int64_t stop_at = seen() + static_cast<std::int64_t>(chance() % 150);
    while (seen() < std::min<std::int64_t>(stop_at, writers * changes)) std::this_thread::yield();
    consumer->stop();
  }
  writer.join();
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (seen() < writers * changes && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_EQ(seen(), writers * changes);
  EXPECT_EQ(integer("select count(*) from seen where key = 'a'"), 0);
  late.commit();
  while (seen() < writers * changes + 1 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_EQ(seen(), writers * changes + 1) << "and the late one";
  EXPECT_EQ(disordered, 0);
  consumers.clear();
}

// pg_dump writes the transaction ids of one server into another.
TEST_P(Snapshots, ARestoreIntoAnotherServerLosesNothing) {
  must(run(outbox.add_consumer("c", StartFrom::oldest)));
  must(run(outbox.add_consumer("d", StartFrom::oldest)));
  for (int i = 0; i < 4; ++i) change("a");
  EXPECT_EQ(read_batch("c", 2).text, "a1 a2") << "within a round";
  EXPECT_EQ(read_all("d"), "a1 a2 a3 a4");
  change("b");
  must(database->run_script(R"(
    update events set xid = (xid::text::bigint + 1000000000)::text::xid8;
    update event_consumers set snapshot = replace('N:N:', 'N', (pg_snapshot_xmax(snapshot::pg_snapshot)::text::bigint
      + 1000000000)::text), horizon = horizon + 1000000000 where snapshot <> '1:1:';
    update event_consumers set round_snapshot = replace('N:N:', 'N',
      (pg_snapshot_xmax(round_snapshot::pg_snapshot)::text::bigint + 1000000000)::text) where round_snapshot is not null;)"));
  change("c");
  must(run(outbox.add_consumer("e", StartFrom::oldest)));  // as every start of an instance does
  EXPECT_EQ(read_all("c", 2), "a3 a4 b1 c1");
  EXPECT_EQ(read_all("d", 2), "b1 c1");
  EXPECT_EQ(read_all("e", 2), "a1 a2 a3 a4 b1 c1");
  change("a");
  for (const char* consumer : {"c", "d", "e"}) EXPECT_EQ(read_all(consumer), "a5") << consumer;
}

}  // namespace
}  // namespace ashlar::events
