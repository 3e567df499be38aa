// SPDX-License-Identifier: Apache-2.0
// What a change waits for. Two instances on one database, each with a register of its own.
#include "ashlar/instances/instance_register.hpp"

#include "ashlar/async/task_scope.hpp"
#include "ashlar/instances/look_loop.hpp"
#include "ashlar/instances/revocation_sync.hpp"
#include "ashlar/sql/open.hpp"
#include "tests/support/postgres_test.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::instances {
namespace {

using namespace std::chrono_literals;
using Time = std::chrono::steady_clock;

constexpr const char* tables =
    "create table instances (id uuid primary key, looks bigint not null, applied bigint not null, "
    "lease_until timestamptz not null);"
    "create table revoked_sessions (session_id uuid primary key, expires_at timestamptz not null, "
    "written_by bigint not null default pg_current_xact_id()::text::bigint)";

Task<Result<>> count(int& calls) {
  ++calls;
  co_return Result<>{};
}

Task<Result<>> answer(const bool& fails) {
  if (fails) co_return fail(sql::errors::unavailable, "The database cannot be reached.");
  co_return Result<>{};
}

class InstanceRegisterTest : public tests::PostgresTest {
 protected:
  InstanceRegisterTest() { open_with(tables, {.url = url_, .acquire_time_max = 60s}); }

  std::unique_ptr<InstanceRegister> instance(std::chrono::milliseconds lease = 1h) {
    return std::make_unique<InstanceRegister>(*database_, clock_, random_, logger_, InstanceRegisterOptions{lease});
  }
  std::int64_t begin_look(InstanceRegister& of) { return await(of.begin_look()).value(); }
  void end_look(InstanceRegister& of, std::int64_t look) { EXPECT_TRUE(await(of.end_look(look))); }

  // A change that waits while the test goes on.
  class Change {
   public:
    Change(InstanceRegisterTest& test, InstanceRegister& by) : test_(test) { scope_.start(wait(by, done_)); }
    ~Change() {
      scope_.cancel();
      test_.run_until([this] { return scope_.size() == 0; });
    }
    [[nodiscard]] bool is_done() const { return done_; }
    bool ends() {
      test_.run_until([this] { return done_; });
      return done_;
    }

   private:
    static Task<> wait(InstanceRegister& by, bool& done) {
      co_await by.wait_until_applied();
      done = true;
    }
    InstanceRegisterTest& test_;
    async::TaskScope scope_{test_.loop_};
    bool done_ = false;
  };

  template <class Condition>
  void run_until(Condition condition) {
    const auto limit = Time::now() + 20s;
    loop_.restart();
    while (!condition() && Time::now() < limit) loop_.run_one_for(50ms);
  }
  // Reads of the register, each of which would end a wait that may end.
  void let_it_poll() {
    for (int i = 0; i < 100; ++i) (void)integer(*database_, "select count(*) from instances");
  }

  const std::string url_ = tests::PostgresServer::shared().new_database();
  SystemClock clock_;
  SystemRandom random_;
  log::Logger logger_{{.level = log::Level::off, .security_level = log::Level::off}, clock_};
};

TEST_F(InstanceRegisterTest, AChangeOfTheOnlyInstanceDoesNotWait) {
  const auto here = instance();
  end_look(*here, begin_look(*here));
  Change change(*this, *here);
  EXPECT_TRUE(change.ends());
}

TEST_F(InstanceRegisterTest, AChangeWaitsForALookThatBeginsAfterIt) {
  const auto here = instance(), there = instance();
  const std::int64_t before = begin_look(*there);
  Change change(*this, *here);
  let_it_poll();
  end_look(*there, before);
  let_it_poll();
  EXPECT_FALSE(change.is_done()) << "that look may have read before the commit";
  const std::int64_t after = begin_look(*there);
  let_it_poll();
  EXPECT_FALSE(change.is_done()) << "it has not read yet";
  end_look(*there, after);
  EXPECT_TRUE(change.ends());
}

TEST_F(InstanceRegisterTest, AChangeWaitsForAllOthers) {
  const auto here = instance(), first = instance(), second = instance();
  for (auto* other : {first.get(), second.get()}) end_look(*other, begin_look(*other));
  Change change(*this, *here);
  let_it_poll();
  end_look(*first, begin_look(*first));
  let_it_poll();
  EXPECT_FALSE(change.is_done());
  end_look(*second, begin_look(*second));
  EXPECT_TRUE(change.ends());
}

TEST_F(InstanceRegisterTest, AChangeWaitsForOneThatHangsUntilItsLeaseIsOver) {
  const auto here = instance(), there = instance(500ms);
  (void)begin_look(*there);
  const auto began = Time::now();
  Change change(*this, *here);
  EXPECT_TRUE(change.ends());
  EXPECT_LT(Time::now() - began, 10s);
  // An instance whose looks fail renews its lease in the table, but uses nothing beyond the one that the change saw.
  Change another(*this, *here);
  EXPECT_TRUE(another.ends()) << "it is not registered any more";
}

TEST_F(InstanceRegisterTest, AFailingInstanceDelaysAChangeByOneLease) {
  const auto here = instance(), there = instance(500ms);
  (void)begin_look(*there);
  Change change(*this, *here);
  const auto limit = Time::now() + 20s;
  while (!change.is_done() && Time::now() < limit) (void)begin_look(*there);  // and never ends a look
  EXPECT_TRUE(change.is_done());
}

TEST_F(InstanceRegisterTest, AChangeDoesNotWaitForOneThatHasLeft) {
  const auto here = instance(), there = instance();
  end_look(*there, begin_look(*there));
  Change change(*this, *here);
  let_it_poll();
  EXPECT_FALSE(change.is_done());
  EXPECT_TRUE(await(there->leave()));
  EXPECT_TRUE(change.ends());
}

TEST_F(InstanceRegisterTest, ManyChangesShareTheirReads) {
  const auto here = instance(), there = instance();
  end_look(*there, begin_look(*there));
  std::vector<std::unique_ptr<Change>> changes;
  for (int i = 0; i < 200; ++i) changes.push_back(std::make_unique<Change>(*this, *here));
  let_it_poll();
  for (const auto& change : changes) EXPECT_FALSE(change->is_done());
  end_look(*there, begin_look(*there));
  for (const auto& change : changes) EXPECT_TRUE(change->ends());
}

TEST_F(InstanceRegisterTest, WithoutTheDatabaseAChangeWaitsForOneLease) {
  const auto here = instance(300ms);
  run_until([] { return true; });
  (void)await(database_->execute({.sql = "drop table instances", .parameters = {}, .mode = sql::Mode::write}));
  const auto began = Time::now();
  Change change(*this, *here);
  EXPECT_TRUE(change.ends());
  EXPECT_GE(Time::now() - began, 300ms);
}

TEST_F(InstanceRegisterTest, ForgetsInstancesThatEndedLongAgo) {
  const auto gone = instance(), here = instance();
  (void)begin_look(*gone);
  (void)await(database_->execute({.sql = "update instances set lease_until = lease_until - interval '1 day'",
                                  .parameters = {},
                                  .mode = sql::Mode::write}));
  end_look(*here, begin_look(*here));
  EXPECT_EQ(integer(*database_, "select count(*) from instances"), 1);
}

// The loop of an instance looks because a change asks it to, not because its time has come.
TEST_F(InstanceRegisterTest, AChangeAsksTheOthersToLook) {
  const auto here = instance(), there = instance();
  LookLoop looks(*there, clock_, logger_, {.delay_max = 1h});
  int applied = 0;
  std::vector<Clock::Steady> leases;
  looks.add([&applied] { return count(applied); });
  looks.on_lease([&leases](Clock::Steady until) { leases.push_back(until); });
  looks.start(loop_, sql::postgres::SubscriberOptions{.url = url_});
  ASSERT_EQ(leases.size(), 1U);
  EXPECT_LE(leases[0], clock_.steady()) << "nothing is used before the first look";
  run_until([&] { return applied >= 2; });  // at the start, and when the subscriber is connected
  for (int i = 0; i < 20; ++i) {
    const int before = applied;
    Change change(*this, *here);
    EXPECT_TRUE(change.ends());
    EXPECT_GT(applied, before);
  }
  EXPECT_GT(leases.back(), clock_.steady());
  looks.close();
  EXPECT_EQ(integer(*database_, "select count(*) from instances"), 0) << "it has left";
}

TEST_F(InstanceRegisterTest, ALookThatFailsRenewsNoLease) {
  const auto there = instance();
  LookLoop looks(*there, clock_, logger_, {});
  bool fails = true;
  int leases = 0;
  looks.add([&fails] { return answer(fails); });
  looks.on_lease([&leases](Clock::Steady) { ++leases; });
  EXPECT_FALSE(await(looks.look()));
  EXPECT_EQ(leases, 0);
  EXPECT_EQ(integer(*database_, "select applied from instances"), 0);
  fails = false;
  EXPECT_TRUE(await(looks.look()));
  EXPECT_EQ(leases, 1);
  EXPECT_EQ(integer(*database_, "select applied from instances"), 2);
}

Task<Result<>> throw_once(int& calls) {
  if (++calls == 2) throw std::runtime_error("a row that cannot be read");
  co_return Result<>{};
}

TEST_F(InstanceRegisterTest, ALookThatThrowsIsFollowedByOthers) {
  const auto there = instance();
  LookLoop looks(*there, clock_, logger_, {.delay_max = 1ms});
  int calls = 0, leases = 0;
  looks.add([&calls] { return throw_once(calls); });
  looks.on_lease([&leases](Clock::Steady) { ++leases; });
  looks.start(loop_, std::nullopt);
  run_until([&] { return calls >= 4; });
  looks.close();
  const int renewed = leases - 1;  // start() calls it, too
  EXPECT_GE(renewed, 2);
  EXPECT_LT(renewed, calls) << "the one that threw renewed none";
}

TEST_F(InstanceRegisterTest, OnSqliteNothingIsRegistered) {
  const auto sqlite = std::move(*sql::open_database("sqlite::memory:"));
  InstanceRegister alone(*sqlite, clock_, random_, logger_, {});
  EXPECT_TRUE(await(alone.begin_look()));
  EXPECT_TRUE(await(alone.end_look(0)));
  start(alone.wait_until_applied());
  run();
  EXPECT_TRUE(await(alone.leave()));
  sqlite->close();
}

// Transactions commit in another order than they begin in.
TEST_F(InstanceRegisterTest, RevocationsOfASlowTransactionAreFound) {
  auth::MemoryRevocations revocations(clock_);
  RevocationSync sync(*database_, revocations, clock_, {});
  ASSERT_TRUE(await(sync.look()));
  const Uuid early = Uuid::make(clock_, random_), late = Uuid::make(clock_, random_);
  const auto insert = [this](sql::Executor& in, const Uuid& session) {
    ASSERT_TRUE(write(in, "insert into revoked_sessions (session_id, expires_at) values ($1, $2)",
                      {session, clock_.now() + 1h}));
  };
  auto slow = await(database_->begin());
  ASSERT_TRUE(slow);
  insert(*slow, early);
  insert(*database_, late);
  ASSERT_TRUE(await(sync.look()));
  EXPECT_TRUE(revocations.is_revoked("", late));
  EXPECT_FALSE(revocations.is_revoked("", early));
  ASSERT_TRUE(await(slow->commit()));
  ASSERT_TRUE(await(sync.look()));
  EXPECT_TRUE(revocations.is_revoked("", early)) << "its number is lower than one that was seen";
}

}  // namespace
}  // namespace ashlar::instances
