// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/subscriber.hpp"

#include "ashlar/async/task_scope.hpp"
#include "ashlar/sql/open.hpp"
#include "tests/support/fault_proxy.hpp"
#include "tests/support/postgres_test.hpp"

#include <chrono>
#include <stdexcept>

namespace ashlar::sql::postgres {
namespace {

using namespace std::chrono_literals;
using tests::code_of;
using tests::FaultProxy;
using tests::PostgresServer;
using Time = std::chrono::steady_clock;

class PostgresSubscriber : public tests::PostgresTest {
 protected:
  void TearDown() override {
    scope_.cancel();
    run();
  }

  void subscribe(SubscriberOptions options, std::vector<std::string> channels) {
    subscriber_ = std::make_unique<Subscriber>(
        loop_, std::move(options), std::move(channels),
        Subscriber::Handlers{.on_message =
                                 [this](std::string_view channel, std::string_view message) {
                                   heard_.push_back(std::string(channel) + ": " + std::string(message));
                                 },
                             .on_subscribed = [this] { ++subscribed_; },
                             .on_lost = [this] { ++lost_; }});
    scope_.start(subscriber_->run());
  }
  template <class Condition>
  bool becomes(Condition condition) {
    const auto limit = Time::now() + 20s;
    loop_.restart();
    while (!condition() && Time::now() < limit) loop_.run_one_for(50ms);
    return condition();
  }
  // While the subscriber runs, the loop never comes to its end by itself.
  template <class T>
  T told(Task<T> task) {
    std::optional<T> out;
    start(tests::keep_result(std::move(task), out));
    EXPECT_TRUE(becomes([&out] { return out.has_value(); }));
    return std::move(*out);
  }

  async::TaskScope scope_{loop_};
  std::unique_ptr<Subscriber> subscriber_;
  std::vector<std::string> heard_;
  int subscribed_ = 0, lost_ = 0;
};

TEST_F(PostgresSubscriber, RefusesInvalidNotifications) {
  auto& db = open();
  EXPECT_EQ(code_of(await(notify(db, "", "x"))), "database.failed");
  EXPECT_EQ(code_of(await(notify(db, std::string(64, 'c'), "x"))), "database.failed");
  EXPECT_EQ(code_of(await(notify(db, "news", std::string(8'000, 'x')))), "database.failed");
  EXPECT_EQ(code_of(await(notify(db, "news", std::string("a\0b", 3)))), "sql.invalid_text");
  for (const auto& name : {std::string(), std::string(64, 'c'), std::string("a\0b", 3)})
    EXPECT_THROW(Subscriber(loop_, {}, {name}, {}), std::invalid_argument);
  auto sqlite = *open_database("sqlite::memory:");
  const auto refused = await(notify(*sqlite, "news", "x"));
  EXPECT_EQ(code_of(refused), "database.failed");
  EXPECT_NE(refused.error().cause().find("in PostgreSQL only"), std::string::npos);
  sqlite->close();
}

TEST_F(PostgresSubscriber, ReceivesCommittedNotificationsInOrder) {
  auto& db = open();
  subscribe({.url = PostgresServer::shared().url(text(db, "select current_database()"))}, {"news", "say \"it\"; drop"});
  ASSERT_TRUE(becomes([this] { return subscribed_ == 1; }));
  ASSERT_TRUE(told(notify(db, "news", "")));
  ASSERT_TRUE(told(notify(db, "say \"it\"; drop", std::string(7'999, 'x'))));
  ASSERT_TRUE(told(notify(db, "weather", "rain")));
  {
    auto forgotten = told(db.begin());
    ASSERT_TRUE(told(notify(*forgotten, "news", "never")));
    ASSERT_TRUE(told(forgotten->rollback()));
    auto kept = told(db.begin());
    ASSERT_TRUE(told(notify(*kept, "news", "first é😀")));
    ASSERT_TRUE(told(notify(*kept, "news", "second")));
    EXPECT_EQ(heard_.size(), 2U) << "not before the commit";
    ASSERT_TRUE(told(kept->commit()));
  }
  ASSERT_TRUE(becomes([this] { return heard_.size() == 4; }));
  EXPECT_EQ(heard_, (std::vector<std::string>{"news: ", "say \"it\"; drop: " + std::string(7'999, 'x'),
                                              "news: first é😀", "news: second"}));
  EXPECT_EQ(lost_, 0);
}

TEST_F(PostgresSubscriber, SubscribesAgainAndSaysThatItMayHaveMissedSome) {
  PostgresServer server;
  auto& db = open({.url = server.url()});
  subscribe({.url = server.url()}, {"news"});
  ASSERT_TRUE(becomes([this] { return subscribed_ == 1; }));
  server.kill();
  ASSERT_TRUE(becomes([this] { return lost_ == 1; }));
  server.start();
  ASSERT_TRUE(becomes([this] { return subscribed_ == 2; }));
  ASSERT_TRUE(told(notify(db, "news", "again")));
  ASSERT_TRUE(becomes([this] { return heard_.size() == 1; }));
  EXPECT_EQ(lost_, 1);
}

TEST_F(PostgresSubscriber, NoticesThatNothingComesThroughAnyMore) {
  FaultProxy network(PostgresServer::shared().port());
  auto& db = open();
  const auto name = text(db, "select current_database()");
  subscribe({.url = PostgresServer::url_through(network.port(), name), .check_interval = 50ms, .answer_time_max = 1s},
            {"news"});
  ASSERT_TRUE(becomes([this] { return subscribed_ == 1; }));
  network.swallow();
  ASSERT_TRUE(becomes([this] { return lost_ == 1; }));
  network.restore();
  ASSERT_TRUE(becomes([this] { return subscribed_ == 2; }));
  ASSERT_TRUE(told(notify(db, "news", "again")));
  ASSERT_TRUE(becomes([this] { return heard_.size() == 1; }));
}

}  // namespace
}  // namespace ashlar::sql::postgres
