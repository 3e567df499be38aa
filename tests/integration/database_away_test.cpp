// SPDX-License-Identifier: Apache-2.0
// The server over a PostgreSQL that is slow, silent, killed, and comes back. ASHLAR_TEST_AWAY_SECONDS is the length of
// the outage: 1, or more for a run by hand.
#include "tests/integration/server.hpp"
#include "tests/support/fault_proxy.hpp"
#include "tests/support/postgres_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <libpq-fe.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

namespace ashlar::test {
namespace {

using namespace std::chrono_literals;
using tests::FaultProxy;
using tests::PostgresServer;
using Time = std::chrono::steady_clock;

std::chrono::seconds away_time() {
  const char* given = std::getenv("ASHLAR_TEST_AWAY_SECONDS");
  return std::chrono::seconds(given == nullptr ? 1 : std::atoi(given));
}

Variables on(const std::string& url, Variables more = {}) {
  more["DATABASE_URL"] = url;
  more.merge(server_variables());
  return more;
}

// The value of a metric in /metrics; -1 when it is absent.
int figure(ApiClient& client, const std::string& name) {
  const auto page = client.call("GET", "/metrics").body;
  const auto at = page.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::atoi(page.c_str() + at + name.size() + 2);
}

// Whether the figure gets there within some seconds. The server's own work uses the database as well.
bool reaches(ApiClient& client, const std::string& name, int value) {
  const auto limit = Time::now() + 10s;
  while (figure(client, name) != value) {
    if (Time::now() > limit) return false;
  }
  return true;
}

constexpr const char* a_post = R"({"title": "t", "content": "c", "published": true})";

// What clients see during the outage: each sends requests until it is asked to stop.
struct Seen {
  std::atomic<int> refused = 0, without_retry_after = 0, unknown = 0, other = 0, written = 0;
  std::atomic<Time::duration> longest{Time::duration(0)};
};

void call_until(std::uint16_t port, const std::string& token, int number, const std::atomic<bool>& stop, Seen& seen) {
  ApiClient client(port);
  while (!stop) {
    const auto began = Time::now();
    const auto reply = number % 3 == 0   ? client.call("POST", "/api/posts", a_post, token)
                       : number % 3 == 1 ? client.call("GET", "/api/users/me", "", token)
                                         : client.call("GET", "/api/posts");
    const auto took = Time::now() - began;
    for (auto longest = seen.longest.load(); took > longest && !seen.longest.compare_exchange_weak(longest, took);) {
    }
    if (reply.status == 503) {
      ++seen.refused;
      if (reply.header("Retry-After").empty()) ++seen.without_retry_after;
    } else if (number % 3 == 0 && reply.status == 504 && reply.at("/code") == "database.outcome_unknown") {
      ++seen.unknown;  // a post that was in progress
    } else if (reply.status >= 300) {
      ++seen.other;
    } else if (number % 3 == 0) {
      ++seen.written;
    }
  }
}

// No connection of ours that is no longer used is left open on the server.
void expect_no_leak(const PostgresServer& database, ApiClient& client) {
  const auto limit = Time::now() + 10s;
  int ours = -1, theirs = 0;
  while (ours != theirs && Time::now() < limit) {
    ours = figure(client, "ashlar_database_connections");
    // Those that wait for notifications are not in the pool. Their check of an idle connection is an empty query.
    theirs = std::stoi(
        database.query("select count(*) from pg_stat_activity where application_name = 'ashlar' and query <> '' and "
                       "query not ilike 'listen%'"));
  }
  EXPECT_EQ(ours, theirs);
  EXPECT_LE(ours, figure(client, "ashlar_database_connections_max"));
  for (const char* name : {"ashlar_database_waiting", "ashlar_database_in_flight", "ashlar_database_transactions"})
    EXPECT_TRUE(reaches(client, name, 0)) << name;
}

TEST(DatabaseAway, IsRefusedWithinASecondAndRecoveredFromWithinFive) {
  PostgresServer database;
  const TemporaryFolder folder;
  Server server(folder, on(database.url()));
  ApiClient client(server.port());
  const std::string token = client.sign_up("ada").at("/data/accessToken");
  ASSERT_EQ(client.call("POST", "/api/posts", a_post, token).status, 201);

  std::atomic<bool> stop = false;
  Seen while_there, while_away;
  const auto call = [&](Seen& seen) {
    std::vector<std::thread> out;
    for (int i = 0; i < 6; ++i) out.emplace_back([&, i] { call_until(server.port(), token, i, stop, seen); });
    return out;
  };
  auto threads = call(while_there);  // so that it is killed with statements in flight
  while (while_there.written < 20) std::this_thread::yield();
  database.kill();
  stop = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(while_there.without_retry_after, 0);
  EXPECT_EQ(while_there.other, 0) << "neither 500 nor a timeout";
  EXPECT_LT(while_there.longest.load(), 1s);

  stop = false;
  threads = call(while_away);
  for (const auto until = Time::now() + away_time(); Time::now() < until;) {
    EXPECT_EQ(client.call("GET", "/health/live").status, 200);
    EXPECT_EQ(client.call("GET", "/health/ready").status, 503);
  }
  stop = true;
  for (auto& thread : threads) thread.join();
  EXPECT_GT(while_away.refused, 6);
  EXPECT_EQ(while_away.without_retry_after, 0);
  EXPECT_EQ(while_away.other + while_away.written + while_away.unknown, 0);
  EXPECT_LT(while_away.longest.load(), 5s);

  database.start();
  const auto back = Time::now();
  for (const auto* target : {"/api/posts", "/api/users/me", "/health/ready"}) {
    while (client.call("GET", target, "", token).status != 200 && Time::now() - back < 20s) {
    }
  }
  while (client.call("POST", "/api/posts", a_post, token).status != 201 && Time::now() - back < 20s) {
  }
  const auto took = Time::now() - back;
  EXPECT_LT(took, 5s);
  expect_no_leak(database, client);
  std::cout << "refused " << while_away.refused << " in at most "
            << std::chrono::duration_cast<std::chrono::milliseconds>(while_away.longest.load()).count()
            << " ms, recovered in " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms\n";
}

TEST(DatabaseAway, ThatIsSilentIsATimeoutAndItsConnectionsAreReplaced) {
  PostgresServer database;
  FaultProxy network(database.port());
  const TemporaryFolder folder;
  Server server(folder, on(PostgresServer::url_through(network.port()),
                           {{"DATABASE_STATEMENT_TIME_MAX", "400ms"}, {"DATABASE_WAIT_TIME_MAX", "1s"}}));
  ApiClient client(server.port());
  const std::string token = client.sign_up("ada").at("/data/accessToken");
  ASSERT_EQ(client.call("GET", "/api/posts").status, 200);
  network.swallow();
  const auto began = Time::now();
  const auto reply = client.call("GET", "/api/posts");
  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(reply.at("/code"), "database.timed_out");
  EXPECT_LT(Time::now() - began, 10s);
  for (int i = 0; i < 3; ++i) EXPECT_GE(client.call("POST", "/api/posts", a_post, token).status, 503);
  network.restore();
  const auto back = Time::now();
  while (client.call("GET", "/api/posts").status != 200 && Time::now() - back < 20s) {
  }
  while (client.call("POST", "/api/posts", a_post, token).status != 201 && Time::now() - back < 20s) {
  }
  EXPECT_LT(Time::now() - back, 15s);
  expect_no_leak(database, client);
}

// Holds a table, so that every statement on it waits.
class HeldTable {
 public:
  HeldTable(const PostgresServer& database, const std::string& table)
      : connection_(PQconnectdb(database.url().c_str())) {
    for (const std::string& sql : {std::string("begin"), "lock table " + table})
      PQclear(PQexec(connection_, sql.c_str()));
  }
  ~HeldTable() { PQfinish(connection_); }
  HeldTable(const HeldTable&) = delete;
  HeldTable& operator=(const HeldTable&) = delete;

 private:
  PGconn* connection_;
};

TEST(DatabaseAway, OrTooSlowShedsNewRequestsAndShowsIt) {
  PostgresServer database;
  const TemporaryFolder folder;
  Server server(folder, on(database.url(), {{"LOOPS", "1"},
                                            {"DATABASE_READ_CONNECTIONS_PER_LOOP", "1"},
                                            {"DATABASE_PIPELINE_MAX", "1"},
                                            {"DATABASE_QUEUE_MAX", "32"},
                                            {"DATABASE_WAIT_TIME_MAX", "1m"}}));
  ApiClient watching(server.port());
  // At first the server's own work may fill the queue, which is small here.
  const auto began = Time::now();
  while (watching.call("GET", "/api/posts").status != 200) ASSERT_LT(Time::now() - began, 10s);
  std::vector<RawClient> waiting;
  {
    const HeldTable held(database, "posts");
    // A page is two statements that go together: its rows and their number. Beyond 16 that wait, requests are refused.
    const auto ask_for_page = [&server] {
      RawClient client(server.port());
      client.send("GET /api/posts HTTP/1.1\r\nHost: x\r\n\r\n");
      return client;
    };
    const auto limit = Time::now() + 10s;
    for (int waits = 0; waits < 17; waits = figure(watching, "ashlar_database_waiting")) {
      ASSERT_LT(Time::now(), limit);
      if (waiting.size() < 12) waiting.push_back(ask_for_page());
    }
    EXPECT_EQ(figure(watching, "ashlar_database_waiting_max"), 32);
    EXPECT_GE(figure(watching, "ashlar_database_in_flight"), 2);
    const auto looked_again = Time::now() + 50ms;  // what is known of a queue may be 10 ms old
    while (Time::now() < looked_again) (void)figure(watching, "ashlar_database_waiting");
    for (int i = 0; i < 12; ++i) {
      const RawResponse response = ask_for_page().read_response();
      EXPECT_EQ(response.status, 503);
      EXPECT_THAT(response.body, testing::HasSubstr("server.overloaded"));
      EXPECT_FALSE(response.header("Retry-After").empty());
    }
  }
  int answered = 0;
  for (auto& client : waiting) answered += client.read_response().status == 200 ? 1 : 0;
  EXPECT_GE(answered, 2) << "those that were taken have their turn";
  EXPECT_TRUE(reaches(watching, "ashlar_database_waiting", 0));
  const auto limit = Time::now() + 10s;
  while (watching.call("GET", "/api/posts").status != 200 && Time::now() < limit) {
  }
  EXPECT_LT(Time::now(), limit);
}

TEST(DatabaseAway, OrWithoutAFreeConnectionIs503AfterTheWait) {
  PostgresServer database;
  const TemporaryFolder folder;
  Server server(folder, on(database.url(), {{"LOOPS", "1"},
                                            {"DATABASE_READ_CONNECTIONS_PER_LOOP", "1"},
                                            {"DATABASE_PIPELINE_MAX", "1"},
                                            {"DATABASE_WAIT_TIME_MAX", "100ms"}}));
  ApiClient client(server.port());
  ASSERT_EQ(client.call("GET", "/api/posts").status, 200);
  RawClient first(server.port());
  {
    const HeldTable held(database, "posts");
    first.send("GET /api/posts HTTP/1.1\r\nHost: x\r\n\r\n");
    while (figure(client, "ashlar_database_in_flight") < 1) {
    }
    const auto began = Time::now();
    const auto refused = client.call("GET", "/api/posts");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.at("/code"), "database.unavailable");
    EXPECT_FALSE(refused.header("Retry-After").empty());
    EXPECT_GE(Time::now() - began, 100ms);
    EXPECT_LT(Time::now() - began, 10s);
  }
  EXPECT_EQ(first.read_response().status, 200);
}

// Whether no statement of ours runs any more; waits some seconds for it.
bool is_stopped(const PostgresServer& database) {
  const auto limit = Time::now() + 5s;
  while (database.query(
             "select count(*) from pg_stat_activity where application_name = 'ashlar' and state = 'active'") != "0") {
    if (Time::now() > limit) return false;
  }
  return true;
}

TEST(DatabaseSlow, IsCancelledOnTheServerWhenTheRequestsTimeIsOver) {
  PostgresServer database;
  const TemporaryFolder folder;
  Server server(folder, on(database.url(), {{"REQUEST_TIME_MAX", "200ms"}}));
  ApiClient client(server.port());
  const HeldTable held(database, "posts");
  EXPECT_EQ(client.call("GET", "/api/posts").status, 504);
  EXPECT_TRUE(is_stopped(database)) << "while the table is still held";
  EXPECT_EQ(client.call("GET", "/health/ready").status, 200);
}

TEST(DatabaseSlow, IsCancelledOnTheServerWhenTheClientIsGone) {
  PostgresServer database;
  const TemporaryFolder folder;
  Server server(folder, on(database.url()));
  ApiClient watching(server.port());
  RawClient gone(server.port());
  const HeldTable held(database, "posts");
  gone.send("GET /api/posts HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto limit = Time::now() + 10s;
  while (database.query("select count(*) from pg_locks where not granted") == "0" && Time::now() < limit) {
  }
  gone.reset();
  EXPECT_TRUE(is_stopped(database)) << "while the table is still held";
  EXPECT_TRUE(reaches(watching, "ashlar_database_in_flight", 0));
}

}  // namespace
}  // namespace ashlar::test
