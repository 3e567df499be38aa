// SPDX-License-Identifier: Apache-2.0
// What was answered 201 is there after kill -9.
#include "tests/integration/server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::test {
namespace {

constexpr int rounds = 4;
constexpr int writers = 6;
constexpr std::size_t answers_before_the_kill = 60;

// The paths of the posts that were answered 201, from several connections, until the server dies.
std::vector<std::string> write_until_killed(Server& server, const std::string& token, std::atomic<int>& sent) {
  std::mutex mutex;
  std::vector<std::string> answered;
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back([&] {
      try {
        ApiClient client(server.port());
        for (;;) {
          ++sent;
          const auto reply =
              client.call("POST", "/api/posts", R"({"title": "t", "content": "c", "published": true})", token);
          if (reply.status != 201) continue;
          const std::lock_guard lock(mutex);
          answered.push_back("/api/posts/" + reply.at("/data/id"));
          if (answered.size() == answers_before_the_kill) server.process().signal(SIGKILL);
        }
      } catch (const std::exception&) {
        // The connection ended with the server.
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return answered;
}

TEST(Crash, NothingThatWasAnsweredIsLostAndNothingIsHalfWritten) {
  const TemporaryFolder folder;
  std::vector<std::string> answered;
  std::atomic<int> sent = 0;
  for (int round = 0; round < rounds; ++round) {
    Server server(folder);
    const std::string token =
        ApiClient(server.port()).sign_up("writer" + std::to_string(round)).at("/data/accessToken");
    const auto more = write_until_killed(server, token, sent);
    EXPECT_EQ(server.process().wait(), -SIGKILL);
    EXPECT_GE(more.size(), answers_before_the_kill);
    answered.insert(answered.end(), more.begin(), more.end());
  }
  Server server(folder);
  ApiClient client(server.port());
  for (const std::string& path : answered) EXPECT_EQ(client.call("GET", path).status, 200) << path;
  const int total = std::stoi(client.call("GET", "/api/posts").at("/pagination/total"));
  EXPECT_GE(total, static_cast<int>(answered.size()));
  EXPECT_LE(total, sent.load());
  for (int round = 0; round < rounds; ++round) {
    const std::string login =
        R"({"email": "writer)" + std::to_string(round) + R"(@example.com", "password": "a long password"})";
    EXPECT_EQ(client.call("POST", "/api/auth/login", login).status, 200) << "every account is whole";
  }
}

}  // namespace
}  // namespace ashlar::test
