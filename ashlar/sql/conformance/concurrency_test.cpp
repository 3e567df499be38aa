// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/conformance/suite.hpp"

#include <algorithm>
#include <set>
#include <thread>

namespace ashlar::sql::conformance {
namespace {

const std::string counters =
    "create table counters (id integer primary key, n integer not null default 0);"
    "insert into counters (id) values (1);";

Task<> add_one(Database& db, int& failures) {
  auto done = co_await db.execute({.sql = "update counters set n = n + 1 where id = 1", .mode = Mode::write});
  if (!done) ++failures;
}

TEST_P(Conformance, ManyWritersLoseNothing) {
  auto& db = open_with(counters);
  int failures = 0;
  for (int i = 0; i < 500; ++i) start(add_one(db, failures));
  run();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(integers(db, "select n from counters"), std::vector<std::int64_t>{500});
}

TEST_P(Conformance, AFailingWriteDoesNoHarmToTheOthers) {
  auto& db = open_with(counters + "create table t (i integer primary key);");
  std::vector<std::optional<Result<Outcome>>> outcomes(90);
  for (int i = 0; i < 90; ++i) {
    const std::int64_t value = i % 3 == 0 ? 0 : i;  // a third of them want the same key
    start(keep_result(db.execute({.sql = "insert into t (i) values ($1)", .parameters = {value}, .mode = Mode::write}),
                      outcomes[static_cast<std::size_t>(i)]));
  }
  run();
  const auto failed =
      std::ranges::count_if(outcomes, [](const auto& outcome) { return code_of(*outcome) == "database.unique"; });
  EXPECT_EQ(failed, 29);
  EXPECT_EQ(count(db, "t"), 61);
}

Task<> write_then_read(Database& db, std::int64_t id, int& stale) {
  for (std::int64_t round = 1; round <= 20; ++round) {
    (void)co_await db.execute(
        {.sql = "insert into counters (id, n) values ($1, $2) on conflict (id) do update set n = $2",
         .parameters = {id, round},
         .mode = Mode::write});
    std::int64_t seen = 0;
    (void)co_await db.execute({.sql = "select n from counters where id = $1",
                               .parameters = {id},
                               .on_row = [&seen](const Row& row) { seen = row.integer(0); }});
    if (seen != round) ++stale;
  }
}

TEST_P(Conformance, AReadSeesTheWriteThatWasAnsweredBeforeIt) {
  auto& db = open_with(counters);
  int stale = 0;
  for (std::int64_t id = 100; id < 116; ++id) start(write_then_read(db, id, stale));
  run();
  EXPECT_EQ(stale, 0);
}

TEST_P(Conformance, ReadsContinueWhileATransactionIsOpen) {
  auto& db = open_with(counters);
  auto tx = await(db.begin());
  ASSERT_TRUE(tx);
  ASSERT_TRUE(write(*tx, "update counters set n = 5"));
  EXPECT_EQ(integers(db, "select n from counters"), std::vector<std::int64_t>{0});
  ASSERT_TRUE(await(tx->commit()));
  EXPECT_EQ(integers(db, "select n from counters"), std::vector<std::int64_t>{5});
}

TEST_P(Conformance, SaysSoWhenTooManyWait) {
  auto& db = open_with(counters, {.queue_max = 4});
  auto tx = await(db.begin());  // the writer is taken
  ASSERT_TRUE(tx);
  ASSERT_TRUE(write(*tx, "update counters set n = 1"));
  std::vector<std::optional<Result<Outcome>>> outcomes(6);
  for (auto& outcome : outcomes) {
    start(keep_result(db.execute({.sql = "update counters set n = n + 1", .mode = Mode::write}), outcome));
  }
  std::optional<Result<>> committed;
  start(keep_result(tx->commit(), committed));
  run();
  EXPECT_TRUE(*committed);
  int refused = 0;
  for (const auto& outcome : outcomes) {
    if (code_of(*outcome) != "database.unavailable") continue;
    ++refused;
    EXPECT_GT(outcome->error().retry_after().count(), 0);
  }
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(integers(db, "select n from counters"), std::vector<std::int64_t>{5});
}

Task<> on_loop(Database& db, int& failures) {
  for (int i = 0; i < 50; ++i) co_await add_one(db, failures);
}

TEST_P(Conformance, EachLoopGetsItsOwnAnswers) {
  auto& db = open_with(counters);
  std::vector<int> failures(4);
  std::vector<std::unique_ptr<boost::asio::io_context>> loops;  // they outlive the database
  std::vector<std::thread> threads;
  for (auto& failed : failures) {
    auto& loop = *loops.emplace_back(std::make_unique<boost::asio::io_context>(1));
    threads.emplace_back([&db, &failed, &loop] {
      for (int i = 0; i < 5; ++i) boost::asio::co_spawn(loop, on_loop(db, failed), [](const std::exception_ptr&) {});
      loop.run();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, std::vector<int>(4));
  EXPECT_EQ(integers(db, "select n from counters"), std::vector<std::int64_t>{1000});
  while_it_runs([&db] { db.close(); });
}

TEST_P(Conformance, AnswersAPing) {
  auto& db = open_with(counters);
  EXPECT_TRUE(await(db.ping(std::chrono::seconds(5))));
  EXPECT_TRUE(await(db.ping(std::chrono::seconds(5))));
}

TEST_P(Conformance, RefusesWorkAfterItsClose) {
  auto& db = open_with(counters);
  auto tx = await(db.begin());
  ASSERT_TRUE(await(tx->rollback()));
  while_it_runs([&db] { db.close(); });
  while_it_runs([&db] { db.close(); });
  EXPECT_EQ(code_of(await(db.execute({.sql = "select 1"}))), "database.unavailable");
  EXPECT_EQ(code_of(write(db, "update counters set n = 9")), "database.unavailable");
  EXPECT_EQ(code_of(await(db.begin())), "database.unavailable");
  EXPECT_EQ(code_of(await(db.ping(std::chrono::seconds(5)))), "database.unavailable");
  EXPECT_EQ(code_of(db.run_script("select 1")), "database.unavailable");
}

TEST_P(Conformance, ALoopThatIsDestroyedTakesItsWaitersAlong) {
  auto& db = open_with(counters);
  int failures = 0;
  boost::asio::io_context loop(1);
  for (int i = 0; i < 20; ++i) boost::asio::co_spawn(loop, add_one(db, failures), [](const std::exception_ptr&) {});
  loop.poll_one();  // some are dispatched; none of them is ever resumed
  while_it_runs([&db] { db.close(); });
  EXPECT_EQ(failures, 0);
}

}  // namespace
}  // namespace ashlar::sql::conformance
