// SPDX-License-Identifier: Apache-2.0
// Behind PgBouncer with pool_mode=transaction: each transaction may run in another session.
#include "ashlar/sql/bulk.hpp"
#include "ashlar/sql/migrations.hpp"
#include "ashlar/sql/transaction.hpp"
#include "tests/support/pgbouncer.hpp"
#include "tests/support/postgres_test.hpp"

#include <set>
#include <utility>

namespace ashlar::sql::postgres {
namespace {

using tests::code_of;
using tests::keep_result;
using tests::PgBouncer;
using tests::PostgresServer;

Task<Result<std::int64_t>> process_in_transaction(Transaction& tx) {
  std::int64_t process = 0;
  for (int i = 0; i < 3; ++i) {
    auto read = co_await tx.execute(
        {.sql = "select pg_backend_pid()", .on_row = [&process](const Row& row) { process = row.integer(0); }});
    if (!read) co_return std::unexpected(read.error());
  }
  co_return process;
}

class PostgresPooler : public tests::PostgresTest {
 protected:
  Options pooled(Options options = {}) {
    options.direct_url = PostgresServer::shared().new_database();
    name_ = options.direct_url.substr(options.direct_url.rfind('/') + 1);
    PostgresServer::shared().query("alter database " + name_ + " set timezone = 'UTC'");
    options.url = bouncer_.url_for(options.direct_url);
    options.pooler = Pooler::transaction;
    return options;
  }

  PgBouncer bouncer_{{.server_port = PostgresServer::shared().port(), .sessions_max = 1}};
  std::string name_;
};

TEST_F(PostgresPooler, IsRefusedWithoutTheServersOwnUrlOrInAnotherTimeZone) {
  auto options = pooled();
  const auto direct = std::exchange(options.direct_url, "");
  EXPECT_EQ(code_of(Database::open(options)), "database.unsuitable");
  options.direct_url = direct;
  PostgresServer::shared().query("alter database " + name_ + " set timezone = 'Europe/Zurich'");
  const auto opened = Database::open(options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), errors::unsuitable);
  EXPECT_NE(opened.error().cause().find("Europe/Zurich"), std::string::npos) << opened.error().cause();
}

TEST_F(PostgresPooler, LeavesNothingInASessionThatClientsShare) {
  auto& db =
      open_with("create table t (i integer);", pooled({.statements_max = 3, .isolation = Isolation::repeatable_read}));
  std::set<std::int64_t> processes;
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(write(db, "insert into t values (" + std::to_string(i) + ")"));
    EXPECT_EQ(integer(db, "select $1 + " + std::to_string(i), {std::int64_t{1}}), i + 1);
    const auto process = await(in_transaction(db, process_in_transaction));
    ASSERT_TRUE(process) << process.error().cause();
    processes.insert(*process);
  }
  EXPECT_EQ(processes.size(), 1U) << "one session serves all of our connections";
  EXPECT_EQ(integer(db, "select count(*) from pg_prepared_statements where name <> ''"), 0);
  EXPECT_EQ(integer(db,
                    "select count(*) from pg_settings where source = 'session' and name not in ('client_encoding', "
                    "'DateStyle', 'TimeZone', 'standard_conforming_strings', 'application_name')"),
            0)
      << "PgBouncer itself sets these for each client";
}

TEST_F(PostgresPooler, TwoProgramsShareASessionWithoutNoticing) {
  auto options = pooled();
  auto& one = open_with("create table t (i bigint, s text);", options);
  auto other = Database::open(options);
  ASSERT_TRUE(other) << other.error().cause();
  for (std::int64_t i = 0; i < 20; ++i) {
    EXPECT_TRUE(write(one, "insert into t (i) values ($1)", {i}));
    EXPECT_TRUE(write(**other, "insert into t (s) values ($1)", {"x"}));
    EXPECT_EQ(integer(**other, "select count(i) from t"), i + 1);
    EXPECT_EQ(integer(one, "select count(s) from t"), i + 1);
  }
  while_it_runs([&] { (*other)->close(); });
}

TEST_F(PostgresPooler, TransactionsHaveTheRequestedIsolation) {
  auto& db = open(pooled({.isolation = Isolation::serializable}));
  auto tx = await(db.begin());
  ASSERT_TRUE(tx);
  EXPECT_EQ(text(*tx, "select current_setting('transaction_isolation')"), "serializable");
  EXPECT_TRUE(await(tx->rollback()));
}

TEST_F(PostgresPooler, MigrationsLockTheServerItself) {
  auto options = pooled();
  auto& db = open(options);
  const auto lock = db.lock_migrations(std::chrono::milliseconds(0));
  ASSERT_TRUE(lock && *lock);
  auto other = Database::open(options);
  ASSERT_TRUE(other);
  const auto second = (*other)->lock_migrations(std::chrono::milliseconds(0));
  ASSERT_TRUE(second);
  EXPECT_EQ(*second, nullptr) << "the other one waits";
  while_it_runs([&] { (*other)->close(); });
}

TEST(PostgresEncoding, OtherThanUtf8IsRefused) {
  auto& server = PostgresServer::shared();
  server.query("drop database if exists ascii");
  server.query("create database ascii encoding 'SQL_ASCII' locale 'C' template template0");
  const auto opened = Database::open({.url = server.url("ascii")});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), errors::unsuitable);
  EXPECT_NE(opened.error().cause().find("SQL_ASCII"), std::string::npos) << opened.error().cause();
}

}  // namespace
}  // namespace ashlar::sql::postgres
