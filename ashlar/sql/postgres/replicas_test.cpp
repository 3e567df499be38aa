// SPDX-License-Identifier: Apache-2.0
// Reads on a streaming replica, which the test starts, holds back, kills and promotes.
#include "ashlar/sql/replicas.hpp"

#include "tests/support/postgres_test.hpp"

#include <chrono>

namespace ashlar::sql::postgres {
namespace {

using namespace std::chrono_literals;
using tests::code_of;
using tests::PostgresServer;
using Time = std::chrono::steady_clock;
using State = Replicas::Figures::State;

Uuid account(std::uint8_t number) {
  std::array<std::uint8_t, 16> bytes{};
  bytes[15] = number;
  return Uuid(bytes);
}

const Uuid ada = account(1);
const Uuid bob = account(2);

class PostgresReplicas : public tests::PostgresTest {
 protected:
  void TearDown() override {
    if (!replicas_) return;
    loop_.restart();
    replicas_->close();
  }

  void watch(ReplicaOptions options = {.lag_max = 500ms, .check_interval = 20ms}) {
    auto& db = open_with("create table notes (note text);", {.url = primary_.url()});
    auto replica = Database::open({.url = standby_.url(), .acquire_time_max = 100ms, .at_open = AtOpen::nothing});
    ASSERT_TRUE(replica);
    std::vector<Replicas::Replica> all;
    all.push_back({.name = "standby", .database = std::move(*replica)});
    replicas_ = std::make_unique<Replicas>(db, std::move(all), options);
    replicas_->start(loop_);
  }
  template <class Condition>
  bool becomes(Condition condition) {
    const auto limit = Time::now() + 20s;
    loop_.restart();
    while (!condition() && Time::now() < limit) loop_.run_one_for(20ms);
    return condition();
  }
  template <class T>
  T told(Task<T> task) {
    std::optional<T> out;
    start(tests::keep_result(std::move(task), out));
    EXPECT_TRUE(becomes([&out] { return out.has_value(); }));
    return std::move(*out);
  }
  bool is_used() {
    return becomes([this] { return replicas_->figures(0).state == State::in_use; });
  }
  bool is_left_out() {
    return becomes([this] { return replicas_->figures(0).state == State::left_out; });
  }
  // What reads of this session see.
  std::int64_t notes(Executor& reads) {
    std::int64_t found = -1;
    const auto done = told(reads.execute(
        {.sql = "select count(*) from notes", .on_row = [&found](const Row& row) { found = row.integer(0); }}));
    EXPECT_TRUE(done) << done.error().cause();
    return found;
  }
  void note() { ASSERT_TRUE(told(database_->execute({.sql = "insert into notes values ('a')", .mode = Mode::write}))); }
  void hold_back() {
    standby_.query("select pg_wal_replay_pause()");
    while (standby_.query("select pg_get_wal_replay_pause_state()") != "paused") {
    }
  }

  PostgresServer primary_;
  PostgresServer standby_{PostgresServer::StandbyOf{primary_, PostgresServer::StandbyOf::Commits::go_on}};
  std::unique_ptr<Replicas> replicas_;
};

TEST_F(PostgresReplicas, AreReadFromWhileTheyAreFresh) {
  watch();
  EXPECT_FALSE(replicas_->reads_of(ada).is_on_replica()) << "nothing is known of it yet";
  ASSERT_TRUE(is_used());
  auto reads = replicas_->reads_of(ada);
  ASSERT_TRUE(reads.is_on_replica());
  bool recovering = false;
  ASSERT_TRUE(told(reads.execute(
      {.sql = "select pg_is_in_recovery()", .on_row = [&](const Row& row) { recovering = row.boolean(0); }})));
  EXPECT_TRUE(recovering);
  EXPECT_TRUE(told(reads.execute({.sql = "insert into notes values ('b')", .mode = Mode::write})))
      << "a write is the primary's";
  EXPECT_EQ(replicas_->figures(0).reads, 1U);
}

TEST_F(PostgresReplicas, ShowASessionWhatItWrote) {
  watch();
  ASSERT_TRUE(is_used());
  for (int i = 1; i <= 20; ++i) {
    note();
    replicas_->note_write(ada);
    auto reads = replicas_->reads_of(ada);
    EXPECT_EQ(notes(reads), i);
  }
  ASSERT_TRUE(becomes([this] { return replicas_->reads_of(ada).is_on_replica(); }));
  auto reads = replicas_->reads_of(ada);
  EXPECT_EQ(notes(reads), 20);
}

TEST_F(PostgresReplicas, AreNotReadBySessionsWhilePeerWritesAreNotVisible) {
  watch({.lag_max = 1min, .check_interval = 20ms});
  ASSERT_TRUE(is_used());
  using PeerWrites = Replicas::PeerWrites;
  replicas_->set_peer_writes_visible(PeerWrites::not_visible);
  EXPECT_FALSE(replicas_->reads_of(ada).is_on_replica()) << "it may have written there";
  EXPECT_TRUE(replicas_->reads_of({}).is_on_replica()) << "no caller";
  hold_back();
  note();
  replicas_->set_peer_writes_visible(PeerWrites::visible);
  auto adas = replicas_->reads_of(ada);
  EXPECT_FALSE(adas.is_on_replica()) << "what was written meanwhile is not known";
  EXPECT_EQ(notes(adas), 1);
  auto anyones = replicas_->reads_of({});
  EXPECT_EQ(notes(anyones), 0) << "at most a minute old";
  standby_.query("select pg_wal_replay_resume()");
  ASSERT_TRUE(becomes([this] { return replicas_->reads_of(ada).is_on_replica(); }));
  adas = replicas_->reads_of(ada);
  EXPECT_EQ(notes(adas), 1);
}

TEST_F(PostgresReplicas, AreLeftOutWhileTheyLag) {
  watch();
  ASSERT_TRUE(is_used());
  hold_back();
  note();
  replicas_->note_write(ada);
  auto adas = replicas_->reads_of(ada);
  EXPECT_FALSE(adas.is_on_replica());
  EXPECT_EQ(notes(adas), 1) << "what one wrote one reads";
  ASSERT_TRUE(is_left_out());
  auto bobs = replicas_->reads_of(bob);
  EXPECT_FALSE(bobs.is_on_replica());
  EXPECT_EQ(notes(bobs), 1);
  standby_.query("select pg_wal_replay_resume()");
  ASSERT_TRUE(is_used());
  adas = replicas_->reads_of(ada);
  EXPECT_TRUE(adas.is_on_replica());
  EXPECT_EQ(notes(adas), 1);
}

TEST_F(PostgresReplicas, AreReplacedByThePrimaryWhileUnreachable) {
  watch();
  ASSERT_TRUE(is_used());
  note();
  auto reads = replicas_->reads_of({});
  ASSERT_TRUE(reads.is_on_replica());
  standby_.kill();
  EXPECT_EQ(notes(reads), 1) << "no caller sees that it died";
  ASSERT_TRUE(is_left_out());
  EXPECT_FALSE(replicas_->reads_of({}).is_on_replica());
  standby_.start();
  ASSERT_TRUE(is_used());
}

TEST_F(PostgresReplicas, NeedNotBeThereAtFirst) {
  standby_.kill();
  watch();
  note();
  auto reads = replicas_->reads_of({});
  EXPECT_EQ(notes(reads), 1);
  standby_.start();
  ASSERT_TRUE(is_used());
}

TEST_F(PostgresReplicas, AreNoReplicasOnceTheyArePromoted) {
  watch();
  ASSERT_TRUE(is_used());
  standby_.promote();
  ASSERT_TRUE(is_left_out());
  note();
  auto reads = replicas_->reads_of({});
  EXPECT_EQ(notes(reads), 1);
}

}  // namespace
}  // namespace ashlar::sql::postgres
