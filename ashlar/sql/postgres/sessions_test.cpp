// SPDX-License-Identifier: Apache-2.0
// Sessions whose state no longer fits what they are for: read-only ones, broken ones, ones with stale statements.
#include "ashlar/sql/transaction.hpp"
#include "tests/support/postgres_test.hpp"

#include <chrono>

namespace ashlar::sql::postgres {
namespace {

using namespace std::chrono_literals;
using tests::code_of;
using tests::keep_result;
using tests::PostgresServer;
using Time = std::chrono::steady_clock;

Task<Result<Outcome>> insert_in_transaction(Transaction& tx) {
  auto read = co_await tx.execute({.sql = "select a from t"});
  if (!read) co_return read;
  co_return co_await tx.execute({.sql = "insert into t values (2)", .mode = Mode::write});
}

class PostgresSessions : public tests::PostgresTest {
 protected:
  sql::Database& open_named(Options options = {}) {
    options.url = PostgresServer::shared().new_database();
    name_ = options.url.substr(options.url.rfind('/') + 1);
    name_.resize(std::min(name_.find('?'), name_.size()));
    return open_with("create table t (a integer); insert into t values (1);", std::move(options));
  }
  void set_read_only(const std::string& value) {
    PostgresServer::shared().query("alter database \"" + name_ + "\" set default_transaction_read_only = " + value);
  }
  // And waits until they have ended: a write that was sent before would be database.outcome_unknown.
  void end_sessions() {
    const std::string ours = " from pg_stat_activity where datname = '" + name_ + "'";
    PostgresServer::shared().query("select count(pg_terminate_backend(pid))" + ours);
    EXPECT_TRUE(within(10s, [&] { return PostgresServer::shared().query("select count(*)" + ours) == "0"; }));
  }
  // Each on a connection of its own, as far as there are so many.
  std::vector<std::string_view> writes_at_once(sql::Database& db) {
    std::vector<std::optional<Result<Outcome>>> outcomes(12);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (i % 2 == 0) {
        start(keep_result(db.execute({.sql = "update t set a = a where a < 0", .mode = Mode::write}), outcomes[i]));
      } else {
        start(keep_result(in_transaction(db, insert_in_transaction), outcomes[i]));
      }
    }
    run();
    std::vector<std::string_view> codes;
    for (const auto& outcome : outcomes) {
      if (!*outcome) codes.push_back(code_of(*outcome));
    }
    return codes;
  }
  template <class Done>
  bool within(Time::duration time, Done done) {
    const auto began = Time::now();
    while (!done()) {
      if (Time::now() - began > time) return false;
    }
    return true;
  }

  std::string name_;
};

TEST_F(PostgresSessions, WritesRecoverFromATimeInWhichTheDatabaseWasReadOnly) {
  auto& db = open_named();
  EXPECT_EQ(writes_at_once(db).size(), 0U);
  set_read_only("on");
  end_sessions();
  for (int i = 0; i < 3; ++i) {
    const auto refused = writes_at_once(db);
    EXPECT_EQ(refused.size(), 12U);
    for (const auto code : refused) EXPECT_EQ(code, "database.unavailable");
  }
  EXPECT_TRUE(read(db, "select 1")) << "reads still work";
  set_read_only("off");
  EXPECT_TRUE(within(5s, [&] { return write(db, "update t set a = a where a < 0").has_value(); }));
  EXPECT_TRUE(within(5s, [&] { return writes_at_once(db).empty(); }));
}

TEST_F(PostgresSessions, ASessionThatIsReadOnlyFromTheStartIsReplacedBeforeItFails) {
  auto& db = open_named({.write_connections_per_loop = 1, .transactions_per_loop = 1});
  set_read_only("on");
  EXPECT_EQ(code_of(write(db, "insert into t values (2)")), "database.unavailable");
  set_read_only("off");
  const auto connected = Time::now();
  EXPECT_TRUE(within(5s, [&] { return Time::now() - connected > 1'100ms; }));
  EXPECT_TRUE(write(db, "insert into t values (2)")) << "no caller sees the old session's error";
}

TEST_F(PostgresSessions, AnErrorOfTheSessionEndsIt) {
  auto& db = open_named({.connections_per_loop = 1, .write_connections_per_loop = 1, .transactions_per_loop = 1});
  ASSERT_TRUE(
      db.run_script("create function fail(state text) returns integer language plpgsql as "
                    "$$ begin raise 'broken' using errcode = state; end $$;"));
  const auto process = [&] { return integer(db, "select pg_backend_pid()"); };
  const auto first = process();
  for (const char* state : {"P0001", "53100", "40001", "08P01"}) {
    EXPECT_FALSE(read(db, "select fail($1)", {state}));
    EXPECT_EQ(process(), first) << state << " is the statement's own";
  }
  for (const char* state : {"XX000", "XX001", "53200", "08006"}) {
    const auto before = process();
    EXPECT_FALSE(read(db, "select fail($1)", {state}));
    EXPECT_TRUE(within(5s, [&] { return process() != before; })) << state;
  }
}

TEST_F(PostgresSessions, ASchemaChangeIsSeenByNoSingleStatement) {
  auto& db = open_named({.connections_per_loop = 3, .write_connections_per_loop = 3});
  const std::string sql = "update t set a = a returning *";
  const auto many = [&] {
    std::vector<std::optional<Result<Outcome>>> outcomes(24);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      auto statement = i % 2 == 0 ? Statement{.sql = "select * from t", .on_row = [](const Row&) {}}
                                  : Statement{.sql = sql, .mode = Mode::write, .on_row = [](const Row&) {}};
      start(keep_result(db.execute(std::move(statement)), outcomes[i]));
    }
    run();
    for (const auto& outcome : outcomes) EXPECT_TRUE(*outcome) << outcome->error().cause();
  };
  many();
  for (const char* change : {"alter table t add b integer", "alter table t alter a type bigint"}) {
    ASSERT_TRUE(db.run_script(change));
    many();
  }
}

TEST_F(PostgresSessions, ASchemaChangeCostsATransactionNothingAtItsFirstStatementAndOneTryLater) {
  auto& db = open_named({.transactions_per_loop = 3});
  const auto once = [&](std::vector<std::string> statements) -> std::string {
    auto tx = await(db.begin());
    EXPECT_TRUE(tx);
    for (const auto& sql : statements) {
      if (const auto done = write(*tx, sql); !done) {
        (void)await(tx->rollback());
        return std::string(code_of(done));
      }
    }
    return std::string(code_of(await(tx->commit())));
  };
  const std::vector<std::string> statements = {"select * from t", "update t set a = a returning *",
                                               "select *, 1 from t"};
  EXPECT_EQ(once(statements), "no error");
  ASSERT_TRUE(db.run_script("alter table t add b integer"));
  EXPECT_EQ(once(statements), "no error") << "the first statement notices, and all are prepared again";
  ASSERT_TRUE(db.run_script("alter table t add c integer"));
  EXPECT_EQ(once({"select 1", "select * from t", "update t set a = a returning *", "select *, 1 from t"}),
            "database.serialization");
  EXPECT_EQ(once({"select 1", "select * from t", "update t set a = a returning *", "select *, 1 from t"}), "no error");
}

TEST_F(PostgresSessions, AServerThatForgotEveryStatementCostsATransactionOneTry) {
  auto& db = open_named({.transactions_per_loop = 1});
  ASSERT_TRUE(
      db.run_script("create function forget() returns integer language plpgsql as "
                    "$$ begin execute 'deallocate all'; return 1; end $$;"));
  const auto once = [&](bool forget) -> std::string {
    auto tx = await(db.begin());
    for (const char* sql : {"select 1", "select 2", "select 3"}) {
      if (const auto done = read(*tx, sql); !done) {
        (void)await(tx->rollback());
        return std::string(code_of(done));
      }
    }
    if (forget) EXPECT_TRUE(read(*tx, "select forget()"));
    return std::string(code_of(await(tx->commit())));
  };
  EXPECT_EQ(once(true), "no error");
  EXPECT_EQ(once(true), "no error");
  EXPECT_EQ(once(false), "no error");
}

}  // namespace
}  // namespace ashlar::sql::postgres
