// SPDX-License-Identifier: Apache-2.0
// What load() says while there is something to do.
#include "ashlar/sql/postgres/database.hpp"
#include "tests/support/postgres_test.hpp"

#include <chrono>
#include <thread>

namespace ashlar::sql::postgres {
namespace {

using namespace std::chrono_literals;
using tests::keep_result;

class PostgresLoad : public tests::PostgresTest {};

TEST_F(PostgresLoad, IsNothingBeforeTheFirstUse) {
  const auto load = open({.queue_max = 70}).load();
  EXPECT_EQ(load.waiting + load.in_flight + load.connections + load.transactions, 0U);
  EXPECT_EQ(load.waiting_max, 70U);
}

TEST_F(PostgresLoad, CountsWhatWaitsAndWhatIsInFlight) {
  auto& db = open({.connections_per_loop = 1, .write_connections_per_loop = 1, .pipeline_max = 2});
  ASSERT_TRUE(read(db, "select 1"));
  std::vector<std::optional<Result<Outcome>>> slow(5);
  for (auto& outcome : slow) start(keep_result(db.execute({.sql = "select pg_sleep(0.01)"}), outcome));
  loop_.restart();
  while (db.load().in_flight == 0) loop_.run_one();
  const auto busy = db.load();
  EXPECT_EQ(busy.in_flight, 2U);
  EXPECT_EQ(busy.waiting, 3U);
  EXPECT_EQ(busy.connections, 1U);
  run();
  const auto idle = db.load();
  EXPECT_EQ(idle.in_flight + idle.waiting, 0U);
  EXPECT_EQ(idle.connections, 1U) << "it stays open";
  EXPECT_EQ(idle.connections_max, 1U + 1U + 4U);
}

TEST_F(PostgresLoad, CountsTransactions) {
  auto& db = open({.transactions_per_loop = 2});
  auto first = await(db.begin());
  {
    const auto second = await(db.begin());
    EXPECT_EQ(db.load().transactions, 2U);
    EXPECT_EQ(db.load().transactions_max, 2U);
    std::optional<Result<Transaction>> third;
    start(keep_result(db.begin(), third));
    loop_.restart();
    while (db.load().waiting == 0) loop_.run_one();
    EXPECT_EQ(db.load().waiting, 1U);
    std::optional<Result<>> over;
    start(keep_result(first->rollback(), over));
    run();
    EXPECT_TRUE(*third);
    EXPECT_EQ(db.load().waiting, 0U);
    EXPECT_EQ(db.load().transactions, 2U);
  }
  EXPECT_EQ(db.load().transactions, 0U);
  EXPECT_EQ(db.load().connections, 2U);
  while_it_runs([&db] { db.close(); });
  EXPECT_EQ(db.load().connections, 0U);
}

TEST_F(PostgresLoad, IsTheSumOfTheLoopsAndReadFromAnyThread) {
  auto& db = open({.connections_per_loop = 1});
  boost::asio::io_context other(1);
  std::optional<Result<Outcome>> here, there;
  boost::asio::co_spawn(other, keep_result(db.execute({.sql = "select pg_sleep(0.05)"}), there),
                        [](const std::exception_ptr&) {});
  start(keep_result(db.execute({.sql = "select pg_sleep(0.05)"}), here));
  std::thread thread([&other] { other.run(); });
  run();
  thread.join();
  EXPECT_TRUE(*here && *there);
  EXPECT_EQ(db.load().connections, 2U);
  EXPECT_EQ(db.load().connections_max, 22U);
  while_it_runs([&db] { db.close(); });
}

TEST_F(PostgresLoad, ALoopThatRestsKeepsNoDeadConnections) {
  tests::PostgresServer server;
  auto& db = open({.url = server.url(), .connections_per_loop = 1, .acquire_time_max = 1s});
  boost::asio::io_context other(1);
  std::optional<Result<Outcome>> there;
  boost::asio::co_spawn(other, keep_result(db.execute({.sql = "select 1"}), there), [](const std::exception_ptr&) {});
  other.run();
  ASSERT_TRUE(read(db, "select 1"));
  ASSERT_EQ(db.load().connections, 2U);
  server.kill();
  EXPECT_FALSE(read(db, "select 1"));
  EXPECT_EQ(db.load().connections, 1U) << "that of the loop which has not turned since";
  other.restart();
  other.poll();
  EXPECT_EQ(db.load().connections, 0U);
  while_it_runs([&db] { db.close(); });
}

TEST_F(PostgresLoad, ConnectionsThatTheServerEndedAreNotCountedAfterTheNextOneIsMade) {
  const tests::PostgresServer server;
  auto& db = open({.url = server.url(), .connections_per_loop = 1});
  boost::asio::io_context other(1);
  std::optional<Result<Outcome>> there;
  boost::asio::co_spawn(other, keep_result(db.execute({.sql = "select 1"}), there), [](const std::exception_ptr&) {});
  other.run();
  ASSERT_TRUE(read(db, "select 1"));
  ASSERT_TRUE(write(db, "create table t (i integer)"));
  ASSERT_EQ(db.load().connections, 3U);
  server.query("select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'ashlar'");
  ASSERT_TRUE(read(db, "select 1")) << "the server was there all the time";
  other.restart();
  other.poll();
  EXPECT_EQ(db.load().connections, 1U);
  while_it_runs([&db] { db.close(); });
}

}  // namespace
}  // namespace ashlar::sql::postgres
