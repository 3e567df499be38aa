// SPDX-License-Identifier: Apache-2.0
// Two servers on one PostgreSQL and one Redis: what is kept of products is right on both.
#include "tests/integration/server.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class TwoInstances : public testing::Test {
 protected:
  TwoInstances() {
    wait_until(first, subscribed);
    wait_until(second, subscribed);
  }
  Variables variables() {
    Variables out = server_variables();
    out["DATABASE_URL"] = database;
    out["REDIS_URL"] = redis.url();
    out["CACHE_TTL"] = "1h";
    return out;
  }
  // Asks until the metrics have the text.
  static void wait_until(ApiClient& at, const std::string& text) {
    const auto limit = std::chrono::steady_clock::now() + 30s;
    while (at.call("GET", "/metrics").body.find(text) == std::string::npos) {
      if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("there never was " + text);
      std::this_thread::yield();
    }
  }
  std::string create(const std::string& name) {
    const auto reply =
        first.call("POST", "/api/products", R"({"name": ")" + name + R"(", "price": 5, "stock": 0})", admin);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return "/api/products/" + reply.at("/data/id");
  }
  int change_stock(ApiClient& at, const std::string& path, int stock) {
    return at.call("PATCH", path, R"({"stock": )" + std::to_string(stock) + "}", admin).status;
  }
  static std::string stock_of(ApiClient& at, const std::string& path) { return at.call("GET", path).at("/data/stock"); }
  // How long until the other instance shows it.
  static std::chrono::milliseconds until_shown(ApiClient& at, const std::string& path, const std::string& stock) {
    const auto began = std::chrono::steady_clock::now();
    while (stock_of(at, path) != stock && std::chrono::steady_clock::now() - began < 30s) std::this_thread::yield();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  }

  static constexpr const char* subscribed = "ashlar_cache_subscribed{cache=\"backend\"} 1\n";
  tests::PostgresServer& postgres = tests::PostgresServer::shared();
  const std::string database = postgres.new_database();
  tests::RedisServer redis;
  TemporaryFolder folder;
  Server one{folder, variables()};
  Server two{folder, variables()};
  ApiClient first{one.port()}, second{two.port()};
  const std::string admin = first.admin_token();
};

TEST_F(TwoInstances, AProductThatIsChangedOnOneIsRightOnTheOther) {
  const std::string path = create("Chair");
  const std::string list = "/api/products?sort=name";
  std::chrono::milliseconds longest{0};
  for (int stock = 1; stock <= 30; ++stock) {
    ApiClient& writer = stock % 2 == 0 ? first : second;
    ApiClient& reader = stock % 2 == 0 ? second : first;
    const std::string text = std::to_string(stock);
    EXPECT_EQ(change_stock(writer, path, stock), 200);
    EXPECT_EQ(stock_of(writer, path), text) << "one's own writes are seen at once";
    EXPECT_EQ(writer.call("GET", list).at("/data/0/stock"), text);
    longest = std::max(longest, until_shown(reader, path, text));
    EXPECT_EQ(reader.call("GET", list).at("/data/0/stock"), text);
  }
  EXPECT_LT(longest, 1s) << "it is some milliseconds";
  EXPECT_EQ(first.call("DELETE", path, "", admin).status, 204);
  EXPECT_EQ(first.call("GET", path).status, 404);
  wait_until(second, "ashlar_cache_hits_total{cache=\"backend\",level=\"shared\"}");
  const auto began = std::chrono::steady_clock::now();
  while (second.call("GET", path).status != 404) ASSERT_LT(std::chrono::steady_clock::now() - began, 30s);
}

TEST_F(TwoInstances, ShareWhatTheyRead) {
  const std::string path = create("Chair");
  EXPECT_EQ(stock_of(first, path), "0");
  EXPECT_EQ(stock_of(second, path), "0");
  EXPECT_EQ(stock_of(second, path), "0");
  EXPECT_THAT(second.call("GET", "/metrics").body, HasSubstr("ashlar_cache_loads_total{cache=\"backend\"} 0\n"));
  EXPECT_THAT(second.call("GET", "/metrics").body,
              HasSubstr("ashlar_cache_hits_total{cache=\"backend\",level=\"shared\"} 1\n"));
}

// Many readers on both, so that loads and writes meet; in the end nothing old may be left.
TEST_F(TwoInstances, NothingOldIsLeftByReadersThatMeetWrites) {
  const std::string path = create("Chair");
  std::atomic<bool> over = false;
  std::atomic<int> failures = 0;
  std::vector<std::thread> readers;
  for (const auto port : {one.port(), two.port(), one.port(), two.port()}) {
    readers.emplace_back([&, port] {
      ApiClient reader(port);
      while (!over) {
        if (reader.call("GET", path).status != 200) ++failures;
        if (reader.call("GET", "/api/products").status != 200) ++failures;
      }
    });
  }
  for (int stock = 1; stock <= 60; ++stock) EXPECT_EQ(change_stock(stock % 2 == 0 ? first : second, path, stock), 200);
  over = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(failures, 0);
  for (ApiClient* at : {&first, &second}) {
    EXPECT_LT(until_shown(*at, path, "60"), 1s);
    EXPECT_EQ(at->call("GET", "/api/products").at("/data/0/stock"), "60");
  }
}

TEST_F(TwoInstances, ARedisThatIsGoneOrHangsFailsNoRequestAndLeavesNothingOld) {
  const std::string path = create("Chair");
  EXPECT_EQ(stock_of(first, path), "0");
  EXPECT_EQ(stock_of(second, path), "0");
  int stock = 0;
  for (const bool hangs : {true, false}) {
    hangs ? redis.hang() : redis.kill();
    EXPECT_EQ(change_stock(first, path, ++stock), 200);
    EXPECT_EQ(stock_of(first, path), std::to_string(stock));
    // Once it is known that messages do not arrive, the other's entries are used for at most a second: 1.5 s later.
    EXPECT_LT(until_shown(second, path, std::to_string(stock)), 10s);
    hangs ? redis.go_on() : redis.start();
    wait_until(first, subscribed);
    wait_until(second, subscribed);
    wait_until(first, "ashlar_cache_pending_changes{cache=\"backend\"} 0\n");
    EXPECT_EQ(stock_of(second, path), std::to_string(stock));
    EXPECT_EQ(change_stock(second, path, ++stock), 200);
    EXPECT_LT(until_shown(first, path, std::to_string(stock)), 1s);
  }
}

}  // namespace
}  // namespace ashlar::test
