// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/database.hpp"

#include "ashlar/async/deadline.hpp"
#include "tests/support/fault_proxy.hpp"
#include "tests/support/postgres_test.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <limits>
#include <set>
#include <thread>

namespace ashlar::sql::postgres {
namespace {

using namespace std::chrono_literals;
using tests::code_of;
using tests::FaultProxy;
using tests::keep_result;
using tests::PostgresServer;
using Time = std::chrono::steady_clock;

class PostgresDatabase : public tests::PostgresTest {
 protected:
  std::int64_t prepared_statements(Executor& on) { return integer(on, "select count(*) from pg_prepared_statements"); }
};

TEST_F(PostgresDatabase, SaysAtOnceWhatIsWrongWithItsUrl) {
  for (const std::string& url : {std::string("postgresql://ashlar@127.0.0.1:1/x"),
                                 PostgresServer::shared().url("no_such_database"), std::string("postgresql://%zz")}) {
    const auto opened = Database::open({.url = url});
    ASSERT_FALSE(opened) << url;
    EXPECT_EQ(opened.error().code(), errors::unavailable);
    EXPECT_FALSE(opened.error().cause().empty());
    EXPECT_EQ(opened.error().message().find("127.0.0.1"), std::string::npos) << "not for a client";
  }
}

TEST_F(PostgresDatabase, IntegersFitEveryWidth) {
  auto& db =
      open_with("create table t (s smallint, i integer, b bigint, n numeric(12,2), f real, d double precision);");
  ASSERT_TRUE(write(db, "insert into t values ($1, $2, $3, $4, $5, $6)",
                    {std::int64_t{7}, std::int64_t{7}, std::int64_t{7}, std::int64_t{7}, std::int64_t{7}, 7.5}));
  for (const char* column : {"s", "i", "b", "n"}) {
    EXPECT_EQ(integer(db, std::string("select ") + column + " from t where " + column + " = $1", {std::int64_t{7}}), 7);
  }
  EXPECT_EQ(code_of(write(db, "insert into t (s) values ($1)", {std::int64_t{40'000}})), "database.failed");
  EXPECT_EQ(integer(db, "select sum(b) from t"), 7) << "a numeric that is whole";
  EXPECT_EQ(integer(db, "select -9223372036854775808::numeric"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(integer(db, "select 10000::numeric"), 10'000);
  each(db, "select 1234567.891::numeric, -0.00012::numeric, 1e300::numeric, 'NaN'::numeric, f, 0::numeric from t", {},
       [](const Row& row) {
         EXPECT_EQ(row.number(0), 1234567.891);
         EXPECT_EQ(row.number(1), -0.00012);
         EXPECT_EQ(row.number(2), 1e300);
         EXPECT_NE(row.number(3), row.number(3));
         EXPECT_EQ(row.number(4), 7.0);
         EXPECT_EQ(row.number(5), 0.0);
         EXPECT_THROW((void)row.integer(0), std::logic_error);
         EXPECT_THROW((void)row.integer(2), std::logic_error);
       });
}

TEST_F(PostgresDatabase, TextHasTheInferredType) {
  auto& db = open_with(
      "create type mood as enum ('sad', 'happy');"
      "create table t (m mood, j jsonb, k json, u uuid, d date, n numeric, v varchar(9));");
  const std::string id = "0193508e-0000-7000-8000-0000000000ff";
  ASSERT_TRUE(write(db, "insert into t values ($1, $2, $3, $4, $5, $6, $7)",
                    {"happy", R"({"a":1})", "[1]", id, "2026-11-21", "1.5", "abc"}));
  each(db, "select m, j, k, v, u from t where u = $1 and m = $2", {id, "happy"}, [&](const Row& row) {
    EXPECT_EQ(row.text(0), "happy");
    EXPECT_EQ(row.text(1), R"({"a": 1})");
    EXPECT_EQ(row.text(2), "[1]");
    EXPECT_EQ(row.text(3), "abc");
    EXPECT_EQ(row.uuid(4).to_string(), id);
  });
  EXPECT_EQ(code_of(write(db, "insert into t (m) values ($1)", {"angry"})), "database.failed");
}

TEST_F(PostgresDatabase, RefusesMomentsThatOursCannotHold) {
  auto& db = open();
  for (const char* moment : {"infinity", "-infinity", "10000-01-01 00:00:00Z", "0001-01-01 00:00:00Z BC"}) {
    const auto sql = "select timestamptz '" + std::string(moment) + "'";
    each(db, sql, {}, [](const Row& row) { EXPECT_THROW((void)row.timestamp(0), std::logic_error); });
  }
  each(db, "select timestamptz '1969-12-31 23:59:59.9996Z'", {},
       [](const Row& row) { EXPECT_EQ(row.timestamp(0).milliseconds(), -1) << "cut towards the past"; });
}

TEST_F(PostgresDatabase, PreparesAStatementOnceAndGivesUpTheOldest) {
  auto& db = open({.connections_per_loop = 1, .write_connections_per_loop = 1, .statements_max = 4});
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10; ++i)
      EXPECT_EQ(integer(db, "select " + std::to_string(i) + " + $1", {std::int64_t{1}}), i + 1);
    EXPECT_LE(prepared_statements(db), 4);
  }
  for (int i = 0; i < 5; ++i) (void)read(db, "selec " + std::to_string(i));
  EXPECT_LE(prepared_statements(db), 4) << "one that cannot be prepared leaves nothing";
  const auto before = prepared_statements(db);
  for (int i = 0; i < 3; ++i) (void)read(db, "select 1 / $1", {std::int64_t{0}});
  EXPECT_LE(prepared_statements(db), before + 1) << "one that fails later is prepared once";
}

TEST_F(PostgresDatabase, OptionalValuesUseOneStatement) {
  auto& db = open_with("create table t (a bigint, b double precision, c text);",
                       {.connections_per_loop = 1, .write_connections_per_loop = 1});
  const std::string sql = "insert into t values ($1, $2, $3)";
  ASSERT_TRUE(write(db, sql, {Null{}, Null{}, Null{}}));
  ASSERT_TRUE(write(db, sql, {std::int64_t{1}, Null{}, "a"}));
  ASSERT_TRUE(write(db, sql, {Null{}, 1.5, Null{}}));
  ASSERT_TRUE(write(db, sql, {std::int64_t{1}, 1.5, "b"}));
  EXPECT_EQ(integer(db, "select count(a) * 100 + count(b) * 10 + count(c) from t"), 222);
  EXPECT_LE(integer(db, "select count(*) from pg_prepared_statements where statement like 'insert%'"), 3);
}

TEST_F(PostgresDatabase, ASchemaChangeIsNotSeen) {
  auto& db = open_with("create table t (a integer); insert into t values (1);",
                       {.connections_per_loop = 1, .write_connections_per_loop = 1});
  EXPECT_EQ(integer(db, "select * from t"), 1);
  for (const char* change : {"alter table t alter a type bigint", "alter table t add b integer",
                             "drop table t; create table t (a smallint, c text); insert into t values (1)"}) {
    ASSERT_TRUE(db.run_script(change));
    EXPECT_EQ(integer(db, "select * from t"), 1) << change;
  }
  EXPECT_EQ(integer(db, "select count(*) from pg_prepared_statements where statement = 'select * from t'"), 1);
}

TEST_F(PostgresDatabase, AStatementThatTheServerForgotIsPreparedAgain) {
  auto& db = open_with(
      "create table t (a integer); create function forget() returns integer language plpgsql as "
      "$$ begin execute 'deallocate all'; return 1; end $$;",
      {.connections_per_loop = 1, .write_connections_per_loop = 1});
  ASSERT_TRUE(write(db, "insert into t values ($1)", {std::int64_t{1}}));
  EXPECT_EQ(integer(db, "select forget()"), 1);
  ASSERT_TRUE(write(db, "insert into t values ($1)", {std::int64_t{2}}));
  EXPECT_EQ(integer(db, "select count(*) from t"), 2);
}

Task<> collect_process(sql::Database& db, std::set<std::int64_t>& processes) {
  (void)co_await db.execute(
      {.sql = "select pg_backend_pid()", .on_row = [&processes](const Row& row) { processes.insert(row.integer(0)); }});
}

TEST_F(PostgresDatabase, ManyStatementsAreInFlightOnOneConnection) {
  FaultProxy proxy(PostgresServer::shared().port());
  auto& db = open({.url = PostgresServer::url_through(proxy.port()),
                   .connections_per_loop = 1,
                   .write_connections_per_loop = 1,
                   .pipeline_max = 64});
  std::set<std::int64_t> processes;
  start(collect_process(db, processes));
  run();
  proxy.delay(40ms);
  const auto began = Time::now();
  for (int i = 0; i < 64; ++i) start(collect_process(db, processes));
  run();
  EXPECT_EQ(processes.size(), 1U);
  EXPECT_LT(Time::now() - began, 64 * 80ms / 4) << "one after another they would take 64 round trips";
}

TEST_F(PostgresDatabase, StatementsAreSpreadOverAFewConnections) {
  auto& db = open({.connections_per_loop = 3, .pipeline_max = 2});
  std::set<std::int64_t> processes;
  for (int i = 0; i < 300; ++i) start(collect_process(db, processes));
  run();
  EXPECT_LE(processes.size(), 3U);
  // One that has ended is still listed for a moment.
  std::int64_t held = 4;
  for (int i = 0; i < 500 && held > 3; ++i) {
    held = integer(db,
                   "select count(*) from pg_stat_activity "
                   "where datname = current_database() and backend_type = 'client backend'");
  }
  EXPECT_LE(held, 3);
}

TEST_F(PostgresDatabase, AnErrorInThePipelineAffectsNoOtherStatement) {
  auto& db = open_with("create table t (i integer primary key);",
                       {.connections_per_loop = 1, .write_connections_per_loop = 1});
  std::vector<std::optional<Result<Outcome>>> outcomes(60);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const char* sql = i % 3 == 0 ? "insert into t values ($1)" : i % 3 == 1 ? "selec $1" : "select 1 / ($1 - $1)";
    start(keep_result(db.execute({.sql = sql, .parameters = {static_cast<std::int64_t>(i)}, .mode = Mode::write}),
                      outcomes[i]));
  }
  run();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_EQ(code_of(*outcomes[i]), i % 3 == 0 ? "no error" : "database.failed") << i;
  }
  EXPECT_EQ(integer(db, "select count(*) from t"), 20);
}

TEST_F(PostgresDatabase, AConstraintThatIsCheckedAtTheEndFailsTheStatement) {
  auto& db = open_with("create table t (i integer unique deferrable initially deferred);",
                       {.connections_per_loop = 1, .write_connections_per_loop = 1});
  std::vector<std::optional<Result<Outcome>>> outcomes(6);
  for (auto& outcome : outcomes) {
    start(keep_result(db.execute({.sql = "insert into t values (1)", .mode = Mode::write}), outcome));
  }
  run();
  EXPECT_TRUE(*outcomes[0]);
  for (std::size_t i = 1; i < outcomes.size(); ++i) EXPECT_EQ(code_of(*outcomes[i]), "database.unique");
  auto tx = await(db.begin());
  ASSERT_TRUE(write(*tx, "insert into t values (1)"));
  EXPECT_EQ(code_of(await(tx->commit())), "database.unique");
  EXPECT_EQ(integer(db, "select count(*) from t"), 1);
}

TEST_F(PostgresDatabase, NamesTheColumnsOfABrokenConstraint) {
  auto& db = open_with(
      "create table t (a integer, b integer, \"C d\" text, unique (a, b), unique (\"C d\"), n integer not null default "
      "1);"
      "create unique index by_lower on t (lower(\"C d\")); insert into t values (1, 2, 'x');");
  const auto cause = [&](const std::string& sql) {
    const auto refused = write(db, sql);
    EXPECT_FALSE(refused);
    return refused ? "" : refused.error().cause();
  };
  EXPECT_EQ(cause("insert into t values (1, 2, 'y')"), "t.a, t.b");
  EXPECT_EQ(cause("insert into t values (1, 3, 'X')"), "by_lower");
  EXPECT_EQ(cause("insert into t values (1, 3, 'z', null)"), "t.n");
}

TEST_F(PostgresDatabase, ACommitAfterAFailedStatementSaysThatItDidNot) {
  auto& db = open_with("create table t (i integer primary key);");
  auto tx = await(db.begin());
  ASSERT_TRUE(write(*tx, "insert into t values (1)"));
  ASSERT_FALSE(write(*tx, "insert into t values (1)"));
  EXPECT_EQ(code_of(await(tx->commit())), "database.failed");
  EXPECT_EQ(integer(db, "select count(*) from t"), 0);
}

TEST_F(PostgresDatabase, TransactionsAreIsolatedAsTheOptionSays) {
  for (const auto& [isolation, name] :
       std::vector<std::pair<Isolation, std::string>>{{Isolation::read_committed, "read committed"},
                                                      {Isolation::repeatable_read, "repeatable read"},
                                                      {Isolation::serializable, "serializable"}}) {
    auto& db = open_with("create table t (i integer); insert into t values (1);", {.isolation = isolation});
    auto first = await(db.begin());
    EXPECT_EQ(text(*first, "show transaction_isolation"), name);
    EXPECT_EQ(integer(*first, "select i from t"), 1);
    ASSERT_TRUE(write(db, "update t set i = 2"));
    EXPECT_EQ(integer(*first, "select i from t"), isolation == Isolation::read_committed ? 2 : 1);
    const auto late = write(*first, "update t set i = i + 10");
    EXPECT_EQ(code_of(late), isolation == Isolation::read_committed ? "no error" : "database.serialization");
    (void)await(first->rollback());
  }
}

// Takes one row, and when both have theirs, the other's.
Task<> lock_both(sql::Database& db, int first, int second, int& holding, std::string& code) {
  auto tx = co_await db.begin();
  for (const int id : {first, second}) {
    auto done = co_await tx->execute(
        {.sql = "update t set n = n + 1 where i = $1", .parameters = {std::int64_t{id}}, .mode = Mode::write});
    if (!done) {
      code = done.error().code().name;
      co_return;
    }
    ++holding;
    while (holding < 2) co_await boost::asio::post(boost::asio::deferred);
  }
  if (!co_await tx->commit()) code = "commit";
}

TEST_F(PostgresDatabase, OneOfTwoDeadlockedTransactionsFails) {
  auto& db = open_with("create table t (i integer, n integer default 0); insert into t values (1), (2);");
  std::string first, second;
  int holding = 0;
  start(lock_both(db, 1, 2, holding, first));
  start(lock_both(db, 2, 1, holding, second));
  run();
  EXPECT_EQ(first + second, "database.serialization");
  EXPECT_EQ(integer(db, "select sum(n) from t"), 2);
}

TEST_F(PostgresDatabase, ATransactionWaitsForAConnectionAndNotForever) {
  auto& db = open({.transactions_per_loop = 2, .acquire_time_max = 500ms});
  auto first = await(db.begin());
  auto second = await(db.begin());
  ASSERT_TRUE(first && second);
  const auto began = Time::now();
  const auto third = await(db.begin());
  EXPECT_EQ(code_of(third), "database.unavailable");
  EXPECT_GT(third.error().retry_after().count(), 0);
  EXPECT_GE(Time::now() - began, 500ms);
  EXPECT_LT(Time::now() - began, 10s);
  std::optional<Result<Transaction>> waiting;
  start(keep_result(db.begin(), waiting));
  std::optional<Result<>> over;
  start(keep_result(first->rollback(), over));
  run();
  EXPECT_TRUE(*waiting) << "it has its turn when one is free";
}

TEST_F(PostgresDatabase, SettingsOfATransactionEndWithIt) {
  auto& db = open({.transactions_per_loop = 1});
  EXPECT_EQ(code_of(write(db, "set local work_mem = '1MB'")), "database.failed") << "on a shared connection";
  auto tx = await(db.begin());
  ASSERT_TRUE(write(*tx, "set local work_mem = '1MB'"));
  EXPECT_EQ(text(*tx, "show work_mem"), "1MB");
  EXPECT_EQ(code_of(write(*tx, "set work_mem = '1MB'")), "database.failed");
  ASSERT_TRUE(await(tx->commit()));
  auto next = await(db.begin());
  EXPECT_NE(text(*next, "show work_mem"), "1MB");
}

TEST_F(PostgresDatabase, ACancelledStatementIsStoppedOnTheServer) {
  auto& db = open({.connections_per_loop = 1, .write_connections_per_loop = 1});
  auto slow = [&] { return async::with_deadline(db.execute({.sql = "select pg_sleep(60)"}), 50ms); };
  std::optional<Result<Outcome>> cancelled;
  std::vector<std::optional<Result<Outcome>>> behind(5);
  start(keep_result(slow(), cancelled));
  for (auto& outcome : behind) start(keep_result(db.execute({.sql = "select 1"}), outcome));
  const auto began = Time::now();
  run();
  EXPECT_EQ(code_of(*cancelled), "server.deadline_exceeded");
  for (const auto& outcome : behind) EXPECT_TRUE(*outcome) << "what waited behind it has its turn";
  EXPECT_LT(Time::now() - began, 5s);
  EXPECT_EQ(integer(db,
                    "select count(*) from pg_stat_activity where query like '%sleep%' and state = 'active' and "
                    "datname = current_database() and pid <> pg_backend_pid()"),
            0);
}

TEST_F(PostgresDatabase, ACancelledTransactionIsRolledBack) {
  auto& db = open_with("create table t (i integer);", {.transactions_per_loop = 1});
  {
    auto tx = await(db.begin());
    ASSERT_TRUE(write(*tx, "insert into t values (1)"));
    const auto cancelled = await(async::with_deadline(tx->execute({.sql = "select pg_sleep(60)"}), 50ms));
    EXPECT_EQ(code_of(cancelled), "server.deadline_exceeded");
  }
  auto next = await(db.begin());
  ASSERT_TRUE(next);
  EXPECT_EQ(integer(*next, "select count(*) from t"), 0);
}

TEST_F(PostgresDatabase, WhatWaitsInAQueueCanBeCancelled) {
  auto& db =
      open({.connections_per_loop = 1, .write_connections_per_loop = 1, .transactions_per_loop = 1, .pipeline_max = 1});
  auto tx = await(db.begin());
  ASSERT_TRUE(tx);
  std::optional<Result<Transaction>> no_connection;
  std::optional<Result<Outcome>> slow, queued;
  start(keep_result(db.execute({.sql = "select pg_sleep(0.3)"}), slow));
  start(keep_result(async::with_deadline(db.begin(), 50ms), no_connection));
  start(keep_result(async::with_deadline(db.execute({.sql = "select 1"}), 50ms), queued));
  run();
  EXPECT_TRUE(*slow);
  EXPECT_EQ(code_of(*no_connection), "server.deadline_exceeded");
  EXPECT_EQ(code_of(*queued), "server.deadline_exceeded");
}

TEST_F(PostgresDatabase, ALoopThatIsDestroyedTakesItsConnectionsAlong) {
  auto& db = open_with("create table t (i integer);");
  {
    boost::asio::io_context other(1);
    std::optional<Result<Transaction>> tx;
    std::optional<Result<Outcome>> first, second;
    const auto spawn = [&](Task<> task) {
      boost::asio::co_spawn(other, std::move(task), [](const std::exception_ptr&) {});
    };
    spawn(keep_result(db.begin(), tx));
    other.run();
    other.restart();
    spawn(keep_result((*tx)->execute({.sql = "insert into t values (1)", .mode = Mode::write}), first));
    spawn(keep_result(db.execute({.sql = "select pg_sleep(60)"}), second));
    while (!first) other.run_one();
  }
  auto tx = await(db.begin());
  ASSERT_TRUE(write(*tx, "lock table t")) << "its transaction was rolled back";
  ASSERT_TRUE(await(tx->commit()));
  EXPECT_EQ(integer(db, "select count(*) from t"), 0);
  for (int i = 0; i < 50; ++i) {
    boost::asio::io_context other(1);
    std::optional<Result<>> answer;
    boost::asio::co_spawn(other, keep_result(db.ping(5s), answer), [](const std::exception_ptr&) {});
    other.run();
    ASSERT_TRUE(*answer);
  }
}

TEST_F(PostgresDatabase, CloseFinishesWhatWasAccepted) {
  auto& db = open_with("create table t (i integer);");
  boost::asio::io_context other(1);
  std::optional<Result<Outcome>> slow;
  boost::asio::co_spawn(
      other, keep_result(db.execute({.sql = "insert into t select 1 from pg_sleep(0.2)", .mode = Mode::write}), slow),
      [](const std::exception_ptr&) {});
  other.poll();
  std::thread thread([&other] { other.run(); });
  db.close();
  thread.join();
  EXPECT_TRUE(*slow);
  EXPECT_TRUE(PostgresServer::shared().is_left());
}

}  // namespace
}  // namespace ashlar::sql::postgres
