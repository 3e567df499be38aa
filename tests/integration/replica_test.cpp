// SPDX-License-Identifier: Apache-2.0
// Servers whose posts are listed from a streaming replica.
#include "tests/integration/server.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace ashlar::test {
namespace {

using namespace std::chrono_literals;
using tests::PostgresServer;
using Time = std::chrono::steady_clock;

class Replica : public testing::Test {
 protected:
  std::string posts(const std::string& token = {}) {
    return api_.call("GET", "/api/posts", "", token).at("/pagination/total");
  }
  void write(const std::string& token) {
    EXPECT_EQ(api_.call("POST", "/api/posts", R"({"title": "t", "content": "c", "published": true})", token).status,
              201);
  }
  // What a load balancer and a scraper see.
  bool becomes(const std::string& status) {
    const auto limit = Time::now() + 20s;
    while (Time::now() < limit) {
      const auto ready = api_.call("GET", "/health/ready");
      EXPECT_EQ(ready.status, 200) << "no replica is needed";
      if (ready.at("/checks/2/name") == "replica 1" && ready.at("/checks/2/status") == status) return true;
    }
    return false;
  }
  long metric(const std::string& name) {
    const std::string page = "\n" + api_.call("GET", "/metrics").body;
    const std::string line = "\n" + name + "{replica=\"1\"} ";
    const auto at = page.find(line);
    return at == std::string::npos ? -1 : std::stol(page.substr(at + line.size()));
  }
  Variables variables() {
    Variables out = server_variables();
    out["DATABASE_URL"] = primary_.url();
    out["DATABASE_REPLICA_URLS"] = standby_.url();
    out["DATABASE_REPLICA_LAG_MAX"] = "500ms";
    return out;
  }

  TemporaryFolder folder_;
  PostgresServer primary_;
  PostgresServer standby_{PostgresServer::StandbyOf{primary_, PostgresServer::StandbyOf::Commits::go_on}};
  Server server_{folder_, variables()};
  ApiClient api_{server_.port()};
};

TEST_F(Replica, ListsPostsAndShowsEachAccountItsOwnWrites) {
  const std::string ada = api_.sign_up("ada").at("/data/accessToken");
  ASSERT_TRUE(becomes("ok"));
  EXPECT_EQ(metric("ashlar_database_replica_in_use"), 1);
  for (int i = 1; i <= 20; ++i) {
    write(ada);
    EXPECT_EQ(posts(ada), std::to_string(i));
  }
  const auto limit = Time::now() + 20s;
  while (posts() != "20" && Time::now() < limit) {
  }
  EXPECT_EQ(posts(), "20");
  EXPECT_GT(metric("ashlar_database_replica_reads_total"), 0);
}

TEST_F(Replica, IsSkippedWhileItLagsOrIsUnreachable) {
  const std::string ada = api_.sign_up("ada").at("/data/accessToken");
  ASSERT_TRUE(becomes("ok"));
  standby_.query("select pg_wal_replay_pause()");
  while (standby_.query("select pg_get_wal_replay_pause_state()") != "paused") {
  }
  write(ada);
  EXPECT_EQ(posts(ada), "1");
  ASSERT_TRUE(becomes("degraded"));
  EXPECT_EQ(posts(), "1") << "the primary's";
  EXPECT_EQ(metric("ashlar_database_replica_in_use"), 0);
  standby_.query("select pg_wal_replay_resume()");
  ASSERT_TRUE(becomes("ok"));
  standby_.kill();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(posts(), "1") << "no caller sees that it died";
  ASSERT_TRUE(becomes("degraded"));
  standby_.start();
  ASSERT_TRUE(becomes("ok"));
}

// Two instances on one Redis. The replica is paused while it counts as fresh, so its answers are recognizable.
class ReplicaOfInstances : public testing::Test {
 protected:
  void SetUp() override {
    for (ApiClient* each : {&here_, &there_}) {
      const auto limit = Time::now() + 20s;
      while (!says(*each, R"({"name":"redis","status":"ok")") || !says(*each, R"({"name":"replica 1","status":"ok")")) {
        ASSERT_LT(Time::now(), limit);
      }
    }
    ada_ = here_.sign_up("ada").at("/data/accessToken");
    bob_ = here_.sign_up("bob").at("/data/accessToken");
    const auto limit = Time::now() + 20s;
    while (standby_.query("select count(*) from users where email in ('ada@example.com', 'bob@example.com')") != "2") {
      ASSERT_LT(Time::now(), limit);
    }
    standby_.query("select pg_wal_replay_pause()");
    while (standby_.query("select pg_get_wal_replay_pause_state()") != "paused") {
    }
  }
  static bool says(ApiClient& client, const std::string& what) {
    return client.call("GET", "/health/ready").body.find(what) != std::string::npos;
  }
  static std::string posts(ApiClient& client, const std::string& token = {}) {
    return client.call("GET", "/api/posts", "", token).at("/pagination/total");
  }
  void write(ApiClient& client, const std::string& token) {
    EXPECT_EQ(client.call("POST", "/api/posts", R"({"title": "t", "content": "c", "published": true})", token).status,
              201);
  }
  Variables variables() {
    Variables out = server_variables();
    out["DATABASE_URL"] = primary_.url();
    out["DATABASE_REPLICA_URLS"] = standby_.url();
    out["DATABASE_REPLICA_LAG_MAX"] = "1m";
    out["REDIS_URL"] = redis_.url();
    out["REDIS_COMMAND_TIME_MAX"] = "10s";
    return out;
  }

  TemporaryFolder folder_;
  PostgresServer primary_;
  PostgresServer standby_{PostgresServer::StandbyOf{primary_, PostgresServer::StandbyOf::Commits::go_on}};
  tests::RedisServer redis_;
  Server first_{folder_, variables()}, second_{folder_, variables()};
  ApiClient here_{first_.port()}, there_{second_.port()};
  std::string ada_, bob_;
};

TEST_F(ReplicaOfInstances, ShowsEachAccountWhatItWroteThroughAnother) {
  for (int i = 1; i <= 10; ++i) {
    write(i % 2 == 0 ? here_ : there_, ada_);
    EXPECT_EQ(posts(i % 2 == 0 ? there_ : here_, ada_), std::to_string(i));
  }
  EXPECT_EQ(posts(there_), "0") << "the replica's";
}

TEST_F(ReplicaOfInstances, IsNotReadByAccountsWhileRedisIsUnreachable) {
  redis_.kill();
  write(here_, ada_);
  EXPECT_EQ(posts(here_, ada_), "1");
  const auto limit = Time::now() + 20s;
  while (posts(there_, ada_) != "1") ASSERT_LT(Time::now(), limit) << "it notices that no messages arrive";
  write(here_, ada_);
  EXPECT_EQ(posts(there_, ada_), "2");
  EXPECT_EQ(posts(there_, bob_), "2") << "nor by a caller who wrote nothing: it may have";
  EXPECT_EQ(posts(there_), "0");
}

}  // namespace
}  // namespace ashlar::test
