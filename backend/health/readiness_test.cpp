// SPDX-License-Identifier: Apache-2.0
#include "backend/health/readiness.hpp"

#include "tests/support/test_loop.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::backend {
namespace {

using namespace std::chrono_literals;
using Outcome = Readiness::Check::Outcome;

// Counts its pings and answers each in a later turn of the loop.
class CountedDatabase final : public sql::Database {
 public:
  [[nodiscard]] sql::Dialect dialect() const override { return sql::Dialect::sqlite; }
  Task<Result<sql::Outcome>> execute(sql::Statement) override { throw std::logic_error("not expected"); }
  Task<Result<sql::Transaction>> begin() override { throw std::logic_error("not expected"); }
  Task<Result<>> ping(std::chrono::milliseconds) override {
    ++pings;
    boost::asio::steady_timer turn(co_await boost::asio::this_coro::executor, 0ms);
    co_await turn.async_wait(boost::asio::use_awaitable_t<LoopExecutor>{});
    if (throws) throw std::runtime_error("broken");
    if (answers) co_return Result<>{};
    co_return fail(sql::errors::unavailable, "away");
  }
  Result<> run_script(std::string_view) override { return {}; }
  Result<> query_blocking(const sql::Statement&) override { return {}; }
  Result<std::unique_ptr<sql::MigrationLock>> lock_migrations(std::chrono::milliseconds) override { return nullptr; }
  Result<> dry_run(std::string_view, std::span<const sql::Statement>) override { return {}; }
  Result<sql::StatementShape> describe_blocking(std::string_view) override { return sql::StatementShape{}; }
  void close() override {}

  int pings = 0;
  bool answers = true;
  bool throws = false;
};

class SharedReadiness : public testing::Test, protected tests::TestLoop {
 protected:
  // The outcome of the database check for each of `callers` concurrent callers.
  std::vector<Outcome> ask(std::size_t callers) {
    std::vector<std::optional<std::vector<Readiness::Check>>> checks(callers);
    for (auto& each : checks) start(tests::keep_result(readiness_.checks(), each));
    run();
    std::vector<Outcome> out;
    for (const auto& each : checks) out.push_back(each->at(1).outcome);
    return out;
  }

  ManualClock clock_{Timestamp::from_milliseconds(1'700'000'000'000)};
  CountedDatabase database_;
  sql::Replicas replicas_{database_, {}};
  Readiness readiness_{clock_, database_, replicas_, nullptr};
};

TEST_F(SharedReadiness, AsksTheDatabaseOnceForAllCallersOfASecond) {
  EXPECT_EQ(ask(4'000), std::vector(4'000, Outcome::passed));
  EXPECT_EQ(database_.pings, 1);
  clock_.advance(999ms);
  EXPECT_EQ(ask(10), std::vector(10, Outcome::passed));
  EXPECT_EQ(database_.pings, 1);
  database_.answers = false;
  clock_.advance(1ms);
  EXPECT_EQ(ask(4'000), std::vector(4'000, Outcome::failed));
  EXPECT_EQ(database_.pings, 2);
}

TEST_F(SharedReadiness, DrainingNeedsNoProbe) {
  EXPECT_EQ(await(readiness_.checks()).at(0).outcome, Outcome::passed);
  readiness_.begin_draining();
  EXPECT_EQ(await(readiness_.checks()).at(0).outcome, Outcome::failed);
}

TEST_F(SharedReadiness, AProbeThatThrowsLeavesNoCallerWaiting) {
  database_.throws = true;
  std::vector<std::optional<std::vector<Readiness::Check>>> checks(2);
  for (auto& each : checks) start(tests::keep_result(readiness_.checks(), each));
  EXPECT_THROW(run(), std::runtime_error);
  run();
  ASSERT_TRUE(checks[1]);
  EXPECT_EQ(checks[1]->at(1).outcome, Outcome::failed);
  database_.throws = false;
  EXPECT_EQ(ask(1), std::vector(1, Outcome::passed)) << "the next caller probes again";
}

}  // namespace
}  // namespace ashlar::backend
