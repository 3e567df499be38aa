// SPDX-License-Identifier: Apache-2.0
// Reads that are sent together: what they share, and what they do not.
#include "ashlar/async/deadline.hpp"
#include "ashlar/sql/postgres/database.hpp"
#include "tests/support/fault_proxy.hpp"
#include "tests/support/postgres_test.hpp"

#include <algorithm>
#include <chrono>
#include <set>

namespace ashlar::sql::postgres {
namespace {

using namespace std::chrono_literals;
using tests::code_of;
using tests::FaultProxy;
using tests::keep_result;
using tests::PostgresServer;
using Time = std::chrono::steady_clock;

class PostgresReads : public tests::PostgresTest {};

Task<> collect_integer(sql::Database& db, std::string sql, std::set<std::int64_t>& out) {
  (void)co_await db.execute({.sql = std::move(sql), .on_row = [&out](const Row& row) { out.insert(row.integer(0)); }});
}

TEST_F(PostgresReads, ReadsThatAreSentTogetherShareATransactionOnceTheyAreKnownToBeQuick) {
  auto& db = open({.connections_per_loop = 1});
  const auto transactions = [&] {
    std::set<std::int64_t> begun;
    for (int i = 0; i < 6; ++i) start(collect_integer(db, "select (extract(epoch from now()) * 1e6)::bigint", begun));
    run();
    return begun.size();
  };
  EXPECT_EQ(transactions(), 6U) << "their duration is unknown";
  std::size_t fewest = 6;
  for (int i = 0; i < 50 && fewest > 1; ++i) fewest = std::min(fewest, transactions());  // a busy machine is slow
  EXPECT_EQ(fewest, 1U);
}

TEST_F(PostgresReads, AnErrorAmongReadsThatShareATransactionAffectsNoOther) {
  auto& db = open({.connections_per_loop = 1});
  const std::string sql = "select 12 / $1";
  ASSERT_EQ(integer(db, sql, {std::int64_t{1}}), 12);
  for (const std::int64_t first : {0, 1}) {
    std::vector<std::optional<Result<Outcome>>> outcomes(20);
    std::vector<std::int64_t> got(outcomes.size());
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const std::int64_t by = (static_cast<std::int64_t>(i) + first) % 4;
      start(keep_result(
          db.execute(
              {.sql = sql, .parameters = {by}, .on_row = [&got, i](const Row& row) { got[i] += row.integer(0); }}),
          outcomes[i]));
    }
    run();
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const std::int64_t by = (static_cast<std::int64_t>(i) + first) % 4;
      EXPECT_EQ(code_of(*outcomes[i]), by == 0 ? "database.failed" : "no error") << i;
      EXPECT_EQ(got[i], by == 0 ? 0 : 12 / by) << i << ": its rows are given out once";
    }
  }
}

TEST_F(PostgresReads, ASlowReadKeepsNoOthersAnswer) {
  auto& db = open({.connections_per_loop = 1, .statement_time_max = 20s});
  const std::string slow = "select case when $1::bigint = 0 then pg_sleep(0.05) else pg_advisory_xact_lock($1) end";
  ASSERT_TRUE(read(db, "select 1"));
  ASSERT_TRUE(read(db, slow, {std::int64_t{0}}));
  auto holder = await(db.begin());
  ASSERT_TRUE(holder);
  ASSERT_TRUE(read(*holder, "select pg_advisory_xact_lock(7)"));
  std::optional<Result<Outcome>> quick;
  std::optional<Result<Outcome>> waiting;
  start(keep_result(db.execute({.sql = "select 1"}), quick));
  start(keep_result(db.execute({.sql = slow, .parameters = {std::int64_t{7}}}), waiting));
  loop_.restart();
  while (!quick && !waiting) loop_.run_one();
  EXPECT_TRUE(quick);
  EXPECT_FALSE(waiting);
  ASSERT_TRUE(await(holder->rollback()));
  run();
  EXPECT_EQ(code_of(*waiting), "no error") << "it was answered before the other's time was over";
}

TEST_F(PostgresReads, ACancelledReadLetsThoseGoThatShareItsTransaction) {
  auto& db = open({.connections_per_loop = 1});
  const std::string sql = "select pg_sleep($1::float8)";
  ASSERT_TRUE(read(db, sql, {0.0}));  // quick, this time
  std::vector<std::optional<Result<Outcome>>> quick(4);
  std::optional<Result<Outcome>> cancelled;
  const auto began = Time::now();
  for (std::size_t i = 0; i < quick.size(); ++i) {
    start(keep_result(db.execute({.sql = sql, .parameters = {0.0}}), quick[i]));
    if (i == 1) {
      start(keep_result(async::with_deadline(db.execute({.sql = sql, .parameters = {60.0}}), 50ms), cancelled));
    }
  }
  run();
  EXPECT_EQ(code_of(*cancelled), "server.deadline_exceeded");
  for (const auto& outcome : quick) EXPECT_TRUE(*outcome);
  EXPECT_LT(Time::now() - began, 5s);
}

TEST_F(PostgresReads, TwoReadsTakeOneRoundTrip) {
  FaultProxy proxy(PostgresServer::shared().port());
  auto& db = open({.url = PostgresServer::url_through(proxy.port()), .connections_per_loop = 2});
  std::int64_t sum = 0;
  const auto both = [&](std::int64_t by) {
    const auto add = [&sum](const Row& row) { sum += row.integer(0); };
    return await(db.execute_both({.sql = "select 12 / $1", .parameters = {by}, .on_row = add},
                                 {.sql = "select 100", .on_row = add}));
  };
  ASSERT_TRUE(both(1));
  EXPECT_EQ(sum, 112);
  EXPECT_EQ(code_of(both(0)), "database.failed");
  proxy.delay(500ms);
  const auto began = Time::now();
  EXPECT_TRUE(both(2));
  EXPECT_LT(Time::now() - began, 1750ms) << "one after the other they would take two";
}

}  // namespace
}  // namespace ashlar::sql::postgres
