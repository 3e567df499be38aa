// SPDX-License-Identifier: Apache-2.0
// What happens when the server fails, or the network to it.
#include "ashlar/sql/postgres/database.hpp"
#include "tests/support/fault_proxy.hpp"
#include "tests/support/postgres_test.hpp"

#include <chrono>

namespace ashlar::sql::postgres {
namespace {

using namespace std::chrono_literals;
using tests::code_of;
using tests::FaultProxy;
using tests::keep_result;
using tests::PostgresServer;
using Time = std::chrono::steady_clock;

class PostgresFaults : public tests::PostgresTest {
 protected:
  // How long it takes until a read succeeds.
  Time::duration recovery(sql::Database& db) {
    const auto began = Time::now();
    while (!read(db, "select 1") && Time::now() - began < 20s) {
    }
    return Time::now() - began;
  }
  static std::int64_t rows(const std::string& condition = "true") {
    return std::stoll(PostgresServer::shared().query("select count(*) from cut where " + condition));
  }
};

TEST_F(PostgresFaults, AnUnreachableServerIsUnavailableAndRecovers) {
  PostgresServer server;
  auto& db = open_with("create table t (i integer);", {.url = server.url(), .acquire_time_max = 2s});
  ASSERT_TRUE(write(db, "insert into t values (1)"));
  ASSERT_TRUE(await(db.begin()));
  server.kill();
  const auto began = Time::now();
  for (int i = 0; i < 5; ++i) {
    const auto refused = i % 2 == 0 ? read(db, "select 1") : write(db, "insert into t values (2)");
    EXPECT_EQ(code_of(refused), "database.unavailable");
    EXPECT_GT(refused.error().retry_after().count(), 0);
  }
  const auto no_transaction = await(db.begin());
  EXPECT_EQ(code_of(no_transaction), "database.unavailable");
  EXPECT_EQ(code_of(await(db.ping(100ms))), "database.unavailable");
  EXPECT_LT(Time::now() - began, 8s) << "once it is known to be down, no caller waits for it";
  server.start();
  EXPECT_LT(recovery(db), 5s);
  ASSERT_TRUE(write(db, "insert into t values (3)"));
  EXPECT_EQ(integer(db, "select count(*) from t"), 2);
  EXPECT_TRUE(await(db.begin()));
}

TEST_F(PostgresFaults, ARestartBetweenTwoRequestsIsNotSeen) {
  PostgresServer server;
  auto& db = open_with("create table t (i integer);", {.url = server.url()});
  for (const auto end : {&PostgresServer::kill, &PostgresServer::stop, &PostgresServer::kill}) {
    ASSERT_TRUE(write(db, "insert into t values (1)"));
    {
      auto tx = await(db.begin());
      ASSERT_TRUE(write(*tx, "insert into t values (1)"));
      ASSERT_TRUE(await(tx->commit()));
    }
    (server.*end)();
    server.start();
    const auto written = write(db, "insert into t values (1)");
    EXPECT_TRUE(written) << written.error().cause();
    auto tx = await(db.begin());
    ASSERT_TRUE(tx);
    EXPECT_TRUE(write(*tx, "insert into t values (1)"));
    EXPECT_TRUE(await(tx->commit()));
  }
  EXPECT_EQ(integer(db, "select count(*) from t"), 12);
}

TEST_F(PostgresFaults, AShutDownInTheMiddleOfATransactionEndsIt) {
  PostgresServer server;
  auto& db = open_with("create table t (i integer);", {.url = server.url()});
  auto tx = await(db.begin());
  ASSERT_TRUE(write(*tx, "insert into t values (1)"));
  server.stop();
  EXPECT_EQ(code_of(write(*tx, "insert into t values (2)")), "database.unavailable");
  EXPECT_EQ(code_of(await(tx->commit())), "database.unavailable");
  server.start();
  EXPECT_LT(recovery(db), 5s);
  EXPECT_EQ(integer(db, "select count(*) from t"), 0);
}

// Cut after each number of bytes that a conversation has, from either side.
class EachCut : public PostgresFaults {
 protected:
  template <class Body>
  void for_each_cut(Options options, Body body) {
    PostgresServer::shared().query("drop table if exists cut; create table cut (i bigint)");
    FaultProxy proxy(PostgresServer::shared().port());
    options.url = PostgresServer::url_through(proxy.port());
    std::int64_t id = 0;
    for (const bool of_server : {true, false}) {
      for (std::int64_t bytes = 1; bytes < 200; bytes += 13) {
        SCOPED_TRACE((of_server ? "server's byte " : "client's byte ") + std::to_string(bytes));
        auto& db = open(options);
        ASSERT_TRUE(read(db, "select 1"));
        of_server ? proxy.cut_after_bytes_of_server(bytes) : proxy.cut_after_bytes_of_client(bytes);
        body(db, ++id);
        proxy.restore();
        EXPECT_TRUE(read(db, "select 1")) << "and it still works";
        while_it_runs([&db] { db.close(); });
      }
    }
    EXPECT_TRUE(PostgresServer::shared().is_left()) << "no connection is forgotten";
  }
};

TEST_F(EachCut, AReadIsSentOnceMore) {
  for_each_cut({.connections_per_loop = 1, .write_connections_per_loop = 1}, [this](sql::Database& db,
                                                                                    std::int64_t id) {
    std::vector<std::optional<Result<Outcome>>> outcomes(3);
    int rows_seen = 0;
    for (auto& outcome : outcomes) {
      start(keep_result(
          db.execute({.sql = "select $1", .parameters = {id}, .on_row = [&](const Row&) { ++rows_seen; }}), outcome));
    }
    run();
    for (const auto& outcome : outcomes) EXPECT_TRUE(*outcome);
    EXPECT_EQ(rows_seen, 3) << "no row is seen twice";
  });
}

TEST_F(EachCut, AWriteHappensOnceOrNotAtAll) {
  for_each_cut({.connections_per_loop = 1, .write_connections_per_loop = 1},
               [this](sql::Database& db, std::int64_t id) {
                 const auto written = write(db, "insert into cut values ($1)", {id});
                 if (written) {
                   EXPECT_EQ(rows("i = " + std::to_string(id)), 1);
                 } else if (code_of(written) == "database.unavailable") {
                   EXPECT_EQ(rows("i = " + std::to_string(id)), 0) << "it was said to be worth another try";
                 } else {
                   EXPECT_EQ(code_of(written), "database.outcome_unknown");
                   EXPECT_EQ(written.error().retry_after().count(), 0) << "nothing suggests that a client retry";
                   EXPECT_LE(rows("i = " + std::to_string(id)), 1);
                 }
               });
}

Task<Result<>> write_in_transaction(sql::Database& db, std::int64_t id, bool& committing) {
  auto tx = co_await db.begin();
  if (!tx) co_return std::unexpected(tx.error());
  for (int i = 0; i < 2; ++i) {
    auto done = co_await tx->execute({.sql = "insert into cut values ($1)", .parameters = {id}, .mode = Mode::write});
    if (!done) co_return std::unexpected(done.error());
  }
  committing = true;
  co_return co_await tx->commit();
}

TEST_F(EachCut, ATransactionIsWholeOrNothing) {
  for_each_cut({}, [this](sql::Database& db, std::int64_t id) {
    ASSERT_TRUE(await(await(db.begin())->commit()));  // a connection is there
    bool committing = false;
    const auto done = await(write_in_transaction(db, id, committing));
    const auto kept = rows("i = " + std::to_string(id));
    if (done) {
      EXPECT_EQ(kept, 2);
    } else {
      const bool unknown = code_of(done) == "database.outcome_unknown";
      EXPECT_TRUE(unknown || code_of(done) == "database.unavailable") << code_of(done);
      EXPECT_TRUE(kept == 0 || (kept == 2 && committing && unknown)) << kept;
    }
  });
}

TEST_F(PostgresFaults, AConnectionThatIsLostWhileItIsMadeIsMadeAgain) {
  FaultProxy proxy(PostgresServer::shared().port());
  for (const bool of_server : {true, false}) {
    for (std::int64_t bytes = 1; bytes < 500; bytes += 71) {
      SCOPED_TRACE((of_server ? "server's byte " : "client's byte ") + std::to_string(bytes));
      auto& db = open({.url = PostgresServer::url_through(proxy.port()), .acquire_time_max = 5s});
      of_server ? proxy.cut_after_bytes_of_server(bytes) : proxy.cut_after_bytes_of_client(bytes);
      const auto got = read(db, "select 1");
      EXPECT_TRUE(got) << got.error().code().name << ": " << got.error().cause();
      proxy.restore();
      while_it_runs([&db] { db.close(); });
    }
  }
  EXPECT_TRUE(PostgresServer::shared().is_left());
}

TEST_F(PostgresFaults, ASilentServerIsGivenUp) {
  FaultProxy proxy(PostgresServer::shared().port());
  auto& db = open({.url = PostgresServer::url_through(proxy.port()),
                   .connections_per_loop = 1,
                   .write_connections_per_loop = 1,
                   .acquire_time_max = 3s,
                   .statement_time_max = 1s});
  ASSERT_TRUE(read(db, "select 1"));
  proxy.swallow();
  const auto began = Time::now();
  EXPECT_EQ(code_of(read(db, "select 2")), "database.timed_out");
  EXPECT_FALSE(await(db.ping(100ms)));
  EXPECT_LT(Time::now() - began, 20s);
  proxy.restore();
  EXPECT_LT(recovery(db), 5s);
}

}  // namespace
}  // namespace ashlar::sql::postgres
