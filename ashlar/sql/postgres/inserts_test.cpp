// SPDX-License-Identifier: Apache-2.0
// Inserts that wait for a commit share the next one, but each succeeds or fails on its own.
#include "ashlar/sql/postgres/database.hpp"
#include "tests/support/fault_proxy.hpp"
#include "tests/support/postgres_test.hpp"

namespace ashlar::sql::postgres {
namespace {

using tests::code_of;
using tests::keep_result;
using Outcomes = std::vector<std::optional<Result<Outcome>>>;

class PostgresInserts : public tests::PostgresTest {
 protected:
  sql::Database& open_with_table(const std::string& columns) {
    auto& db = open_with("create table t (" + columns + ");", {.write_connections_per_loop = 1});
    // Known to be quick, on the only connection.
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(write(db, insert, {std::int64_t{1'000} + i}));
    return db;
  }
  Outcomes insert_together(sql::Database& db, const std::vector<std::int64_t>& numbers) {
    Outcomes outcomes(numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      start(keep_result(db.execute({.sql = insert, .parameters = {numbers[i]}, .mode = Mode::write}), outcomes[i]));
    }
    run();
    return outcomes;
  }

  const std::string insert = "insert into t values ($1)";
};

TEST_F(PostgresInserts, ThatAreSentTogetherShareACommit) {
  auto& db = open_with_table("i bigint");
  std::int64_t fewest = 24;
  for (int round = 0; round < 50 && fewest > 3; ++round) {  // a busy machine is slow
    ASSERT_TRUE(write(db, "delete from t"));
    for (const auto& outcome : insert_together(db, std::vector<std::int64_t>(24, 7))) {
      ASSERT_TRUE(*outcome);
      EXPECT_EQ((*outcome)->rows_affected, 1);
    }
    ASSERT_EQ(integer(db, "select count(*) from t"), 24);
    fewest = std::min(fewest, integer(db, "select count(distinct xmin::text) from t"));
  }
  EXPECT_EQ(fewest, 3);
}

TEST_F(PostgresInserts, OneThatFailsTakesNoOtherAlong) {
  for (const char* columns : {"i bigint primary key", "i bigint unique deferrable initially deferred"}) {
    auto& db = open_with_table(columns);
    std::vector<std::int64_t> numbers;
    for (int i = 0; i < 40; ++i) numbers.push_back(i * 7 % 20);  // each twice
    const auto outcomes = insert_together(db, numbers);
    for (std::int64_t number = 0; number < 20; ++number) {
      int done = 0;
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (numbers[i] != number) continue;
        done += *outcomes[i] ? 1 : 0;
        if (!*outcomes[i]) EXPECT_EQ(code_of(*outcomes[i]), "database.unique");
      }
      EXPECT_EQ(done, 1) << columns << ": " << number;
    }
    EXPECT_EQ(integer(db, "select count(*) from t where i < 1000"), 20);
  }
}

TEST_F(PostgresInserts, WhatIsLostWithTheConnectionIsUnknownOrWasWritten) {
  tests::FaultProxy proxy(tests::PostgresServer::shared().port());
  tests::PostgresServer::shared().query("drop table if exists lost; create table lost (i bigint primary key)");
  auto& db = open({.url = tests::PostgresServer::url_through(proxy.port()), .write_connections_per_loop = 1});
  const std::string into = "insert into lost values ($1)";
  std::int64_t next = 0, done = 0, unknown = 0;
  for (std::int64_t bytes = 1; bytes < 400; bytes += 23) {
    for (int i = 0; i < 2; ++i) done += write(db, into, {next++}) ? 1 : 0;
    proxy.cut_after_bytes_of_server(bytes);
    Outcomes outcomes(8);
    for (auto& outcome : outcomes) {
      start(keep_result(db.execute({.sql = into, .parameters = {next++}, .mode = Mode::write}), outcome));
    }
    run();
    proxy.restore();
    for (const auto& outcome : outcomes) {
      done += *outcome ? 1 : 0;
      unknown += code_of(*outcome) == "database.outcome_unknown" ? 1 : 0;
    }
  }
  const auto rows = std::stoll(tests::PostgresServer::shared().query("select count(*) from lost"));
  EXPECT_GE(rows, done) << "what was acknowledged is there";
  EXPECT_LE(rows, done + unknown) << "and nothing that was said to have failed";
}

}  // namespace
}  // namespace ashlar::sql::postgres
