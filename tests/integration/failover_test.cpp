// SPDX-License-Identifier: Apache-2.0
// The primary dies, its synchronous standby takes over: no write that was answered is lost.
#include "tests/integration/server.hpp"
#include "tests/support/postgres_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::test {
namespace {

using namespace std::chrono_literals;
using tests::PostgresServer;
using Time = std::chrono::steady_clock;

constexpr int writers = 4;
constexpr std::size_t answers_before_the_kill = 40;
constexpr const char* a_post = R"({"title": "t", "content": "c", "published": true})";

// The posts answered with 201, until one of the other clients gets an error.
std::vector<std::string> write_until_refused(std::uint16_t port, const std::string& token, PostgresServer& primary) {
  std::mutex mutex;
  std::vector<std::string> answered;
  std::vector<std::thread> threads;
  std::atomic<bool> killed = false;
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back([&] {
      ApiClient client(port);
      while (true) {
        const auto reply = client.call("POST", "/api/posts", a_post, token);
        if (reply.status != 201) {
          EXPECT_TRUE(reply.status == 503 || reply.at("/code") == "database.outcome_unknown") << reply.body;
          if (killed) return;
          continue;
        }
        const std::lock_guard lock(mutex);
        answered.push_back("/api/posts/" + reply.at("/data/id"));
        if (answered.size() != answers_before_the_kill) continue;
        primary.kill();
        killed = true;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return answered;
}

TEST(Failover, ToASynchronousStandbyLosesNothingThatWasAnswered) {
  PostgresServer primary;
  PostgresServer standby(PostgresServer::StandbyOf{primary});
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables["DATABASE_URL"] = primary.url_or(standby);
  Server server(folder, variables);
  ApiClient client(server.port());
  const std::string token = client.sign_up("ada").at("/data/accessToken");
  const auto answered = write_until_refused(server.port(), token, primary);
  EXPECT_GE(answered.size(), answers_before_the_kill);
  const auto promoted = Time::now();
  standby.promote();
  while (client.call("POST", "/api/posts", a_post, token).status != 201 && Time::now() - promoted < 30s) {
  }
  EXPECT_LT(Time::now() - promoted, 5s) << "the server finds the new primary by itself";
  for (const auto& path : answered) {
    auto found = client.call("GET", path);
    while (found.status == 503 && Time::now() - promoted < 5s)
      found = client.call("GET", path);  // reads come back, too
    EXPECT_EQ(found.status, 200) << path << ": " << found.body;
  }
  const int total = std::stoi(client.call("GET", "/api/posts").at("/pagination/total"));
  EXPECT_LE(total, static_cast<int>(answered.size()) + writers + 1) << "at most the requests in flight in addition";
}

}  // namespace
}  // namespace ashlar::test
