// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/conformance/suite.hpp"
#include "ashlar/sql/transaction.hpp"

#include <chrono>
#include <stdexcept>

namespace ashlar::sql::conformance {
namespace {

using namespace std::chrono_literals;

const std::string accounts =
    "create table owners (id integer primary key);"
    "create table accounts (id integer primary key, email text not null, amount integer not null default 0,"
    "  owner integer references owners (id), constraint amount_not_negative check (amount >= 0),"
    "  constraint accounts_email unique (email));";

TEST_P(Conformance, MapsBrokenConstraintsToCodes) {
  auto& db = open_with(accounts);
  ASSERT_TRUE(write(db, "insert into accounts (id, email) values (1, 'a')"));
  struct Case {
    std::string sql, code, cause;
  };
  for (const auto& [sql, code, cause] : std::vector<Case>{
           {"insert into accounts (id, email) values (2, 'a')", "database.unique", "accounts.email"},
           {"insert into accounts (id, email) values (1, 'b')", "database.unique", "accounts.id"},
           {"insert into accounts (id, email) values (2, null)", "database.not_null", "accounts.email"},
           {"insert into accounts (id, email, amount) values (2, 'b', -1)", "database.check", "amount_not_negative"},
           {"insert into accounts (id, email, owner) values (2, 'b', 9)", "database.foreign_key", ""},
       }) {
    const auto refused = write(db, sql);
    EXPECT_EQ(code_of(refused), code) << sql;
    if (refused || cause.empty()) continue;
    EXPECT_EQ(refused.error().cause(), cause);
    EXPECT_EQ(refused.error().message().find("accounts"), std::string::npos);  // nothing of the inside for the client
  }
  EXPECT_EQ(count(db, "accounts"), 1);
}

TEST_P(Conformance, KeepsACommittedTransaction) {
  auto& db = open_with(accounts);
  auto tx = await(db.begin());
  ASSERT_TRUE(tx);
  ASSERT_TRUE(write(*tx, "insert into accounts (id, email) values (1, 'a')"));
  EXPECT_EQ(count(*tx, "accounts"), 1) << "it sees what it wrote";
  EXPECT_EQ(count(db, "accounts"), 0) << "others do not";
  ASSERT_TRUE(await(tx->commit()));
  EXPECT_EQ(count(db, "accounts"), 1);
  EXPECT_FALSE(write(*tx, "insert into accounts (id, email) values (2, 'b')")) << "it is over";
  EXPECT_FALSE(await(tx->commit()));
  EXPECT_EQ(count(db, "accounts"), 1);
}

TEST_P(Conformance, ForgetsATransactionThatIsRolledBack) {
  auto& db = open_with(accounts);
  auto tx = await(db.begin());
  ASSERT_TRUE(write(*tx, "insert into accounts (id, email) values (1, 'a')"));
  ASSERT_TRUE(await(tx->rollback()));
  EXPECT_EQ(count(db, "accounts"), 0);
  EXPECT_FALSE(await(tx->commit()));
}

TEST_P(Conformance, ForgetsATransactionThatIsDestroyed) {
  auto& db = open_with(accounts);
  {
    auto tx = await(db.begin());
    ASSERT_TRUE(write(*tx, "insert into accounts (id, email) values (1, 'a')"));
  }
  ASSERT_TRUE(write(db, "insert into accounts (id, email) values (2, 'b')")) << "the next one has its turn";
  EXPECT_EQ(integers(db, "select id from accounts"), std::vector<std::int64_t>{2});
}

TEST_P(Conformance, ForgetsATransactionThatIsReplacedByAnother) {
  auto& db = open_with(accounts);
  std::optional<Transaction> tx = std::move(*await(db.begin()));
  ASSERT_TRUE(write(*tx, "insert into accounts (id, email) values (1, 'a')"));
  tx.reset();
  tx = std::move(*await(db.begin()));
  ASSERT_TRUE(write(*tx, "insert into accounts (id, email) values (2, 'b')"));
  ASSERT_TRUE(await(tx->commit()));
  EXPECT_EQ(integers(db, "select id from accounts"), std::vector<std::int64_t>{2});
}

TEST_P(Conformance, AFailedStatementEndsInARollback) {
  auto& db = open_with(accounts);
  auto tx = await(db.begin());
  ASSERT_TRUE(write(*tx, "insert into accounts (id, email) values (1, 'a')"));
  EXPECT_EQ(code_of(write(*tx, "insert into accounts (id, email) values (1, 'b')")), "database.unique");
  ASSERT_TRUE(await(tx->rollback()));
  EXPECT_EQ(count(db, "accounts"), 0);
}

TEST_P(Conformance, WhatOnRowThrowsComesOutAndUndoesTheStatement) {
  auto& db = open_with(accounts);
  const auto bad = [](const Row& row) { (void)row.text(0); };
  EXPECT_THROW(await(db.execute({.sql = "insert into accounts (id, email) values (1, 'a') returning id",
                                 .mode = Mode::write,
                                 .on_row = bad})),
               std::logic_error);
  EXPECT_EQ(count(db, "accounts"), 0);
  auto tx = await(db.begin());
  EXPECT_THROW(await(tx->execute({.sql = "select count(*) from accounts", .on_row = bad})), std::logic_error);
  ASSERT_TRUE(await(tx->rollback()));
}

TEST_P(Conformance, RollsBackATransactionThatTakesTooLong) {
  auto& db = open_with(accounts, {.transaction_time_max = std::chrono::milliseconds(30)});
  auto tx = await(db.begin());
  ASSERT_TRUE(write(*tx, "insert into accounts (id, email) values (1, 'a')"));
  ASSERT_TRUE(write(db, "insert into accounts (id, email) values (1, 'b')")) << "waits until the first is over";
  const auto late = write(*tx, "insert into accounts (id, email) values (3, 'c')");
  EXPECT_EQ(code_of(late), "database.timed_out") << late.error().cause();
  EXPECT_EQ(code_of(await(tx->commit())), "database.timed_out");
  EXPECT_EQ(integers(db, "select id from accounts"), std::vector<std::int64_t>{1});
}

TEST_P(Conformance, StopsAStatementThatTakesTooLong) {
  auto& db = open_with(accounts, {.statement_time_max = std::chrono::milliseconds(30)});
  const std::string endless =
      "with recursive n (i) as (select 1 union all select i + 1 from n where i > 0) select count(*) from n";
  EXPECT_EQ(code_of(await(db.execute({.sql = endless}))), "database.timed_out");
  EXPECT_EQ(code_of(write(db, "insert into owners (id) select (" + endless + ")")), GetParam().overdue_write);
  ASSERT_TRUE(write(db, "insert into accounts (id, email) values (1, 'a')"));
}

TEST_P(Conformance, AnswersAWriteBeforeASlowTransactionThatWaitedWithIt) {
  auto& db = open_with(accounts, {.transaction_time_max = std::chrono::milliseconds(100)});
  auto first = await(db.begin());
  std::optional<Result<Outcome>> written;
  std::optional<Result<Transaction>> second;
  start(keep_result(db.execute({.sql = "insert into owners (id) values (1)", .mode = Mode::write}), written));
  start(keep_result(db.begin(), second));
  run();  // the first runs out of its time, then both are answered, with the second one open
  ASSERT_TRUE(*written && *second);
  EXPECT_TRUE(await((*second)->commit())) << "the write was answered only when the second one was over";
}

TEST_P(Conformance, AKeyThatIsCheckedAtTheCommitFailsItsOwnWriteOnly) {
  auto& db = open_with(
      "create table a (id integer primary key);"
      "create table b (a integer references a (id) deferrable initially deferred);");
  auto tx = await(db.begin());  // holds the writer, so that what follows waits together
  std::optional<Result<Outcome>> bad, good;
  std::optional<Result<>> committed;
  start(keep_result(db.execute({.sql = "insert into b (a) values (1)", .mode = Mode::write}), bad));
  start(keep_result(db.execute({.sql = "insert into a (id) values (2)", .mode = Mode::write}), good));
  start(keep_result(tx->commit(), committed));
  run();
  EXPECT_EQ(code_of(*bad), "database.foreign_key");
  EXPECT_TRUE(*good);
  EXPECT_TRUE(*committed);
  auto broken = await(db.begin());
  ASSERT_TRUE(write(*broken, "insert into b (a) values (1)"));
  EXPECT_EQ(code_of(await(broken->commit())), "database.foreign_key");
  EXPECT_EQ(count(db, "b"), 0);
}

Task<> pass_on_one(Database& db, int id) {
  auto tx = co_await db.begin();
  if (!tx) throw std::runtime_error("begin: " + tx.error().cause());
  std::int64_t amount = 0;
  auto done = co_await tx->execute({.sql = "select amount from accounts where id = 1",
                                    .on_row = [&amount](const Row& row) { amount = row.integer(0); }});
  if (done) {
    done = co_await tx->execute(
        {.sql = "update accounts set amount = $1 where id = 1", .parameters = {amount + 1}, .mode = Mode::write});
  }
  if (!done) throw std::runtime_error("transaction: " + done.error().cause());
  if (id % 4 == 3) co_return;  // every fourth changes its mind
  if (auto committed = co_await tx->commit(); !committed) throw std::runtime_error("commit");
}

TEST_P(Conformance, TransactionsOneAfterAnotherLoseNothing) {
  auto& db = open_with(accounts + "insert into accounts (id, email) values (1, 'a');");
  for (int i = 0; i < 40; ++i) start(pass_on_one(db, i));
  run();
  EXPECT_EQ(integers(db, "select amount from accounts"), std::vector<std::int64_t>{30});
}

Task<Result<>> add_to_one(Transaction& tx, std::int64_t more) {
  std::int64_t amount = 0;
  auto done = co_await tx.execute({.sql = "select amount from accounts where id = 1",
                                   .on_row = [&amount](const Row& row) { amount = row.integer(0); }});
  if (done) {
    done = co_await tx.execute(
        {.sql = "update accounts set amount = $1 where id = 1", .parameters = {amount + more}, .mode = Mode::write});
  }
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return Result<>{};
}

TEST_P(Conformance, TransactionsThatCrossAreTriedAgainAndLoseNothing) {
  auto& db = open_with(accounts + "insert into accounts (id, email) values (1, 'a');");
  for (const auto isolation : {Isolation::repeatable_read, Isolation::serializable}) {
    ASSERT_TRUE(write(db, "update accounts set amount = 0"));
    std::vector<std::optional<Result<>>> outcomes(12);
    for (auto& outcome : outcomes) {
      start(keep_result(in_transaction({.isolation = isolation, .attempts_max = 100, .retry_delay_max = 20ms}, db,
                                       add_to_one, std::int64_t{2}),
                        outcome));
    }
    run();
    for (const auto& outcome : outcomes) EXPECT_TRUE(*outcome) << outcome->error().cause();
    EXPECT_EQ(integers(db, "select amount from accounts"), std::vector<std::int64_t>{24});
  }
}

Task<Result<>> fail_with(Transaction& tx, ErrorCode code, int* attempts) {
  ++*attempts;
  auto done = co_await tx.execute({.sql = "insert into owners (id) values (1)", .mode = Mode::write});
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return std::unexpected(Error(code, "no"));
}

TEST_P(Conformance, OnlyATransactionThatCrossedAnotherIsTriedAgainAndNotForever) {
  auto& db = open_with(accounts);
  const TransactionOptions options{.attempts_max = 3, .retry_delay_max = 1ms};
  for (const auto& [code, expected] : std::vector<std::pair<ErrorCode, int>>{
           {errors::serialization, 3}, {errors::outcome_unknown, 1}, {errors::unavailable, 1}, {errors::unique, 1}}) {
    int attempts = 0;
    const auto failed = await(in_transaction(options, db, fail_with, code, &attempts));
    EXPECT_EQ(code_of(failed), code.name);
    EXPECT_EQ(attempts, expected) << code.name;
  }
  EXPECT_EQ(count(db, "owners"), 0) << "each attempt was undone";
}

}  // namespace
}  // namespace ashlar::sql::conformance
