// SPDX-License-Identifier: Apache-2.0
// What was answered 201 is there, and whole, after kill -9. ASHLAR_TEST_CRASH_ROUNDS and ASHLAR_TEST_CRASH_WRITES of
// the environment say how often the server is killed, and after how many answers.
#include "tests/integration/server.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::test {
namespace {

constexpr int writers = 6;
constexpr int stock = 1'000'000;

int number_or(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoi(text);
}

std::string order_of(const std::string& first, const std::string& second) {
  return R"({"items": [{"productId": ")" + first + R"(", "quantity": 1}, {"productId": ")" + second +
         R"(", "quantity": 2}]})";
}

RawResponse order(RawClient& client, const std::string& token, const std::string& key, const std::string& body) {
  return client.request(
      "POST", "/api/orders",
      "Content-Type: application/json\r\nAuthorization: Bearer " + token + "\r\nIdempotency-Key: " + key + "\r\n",
      body);
}

// What writers on several connections write, post by product by order, until the server is killed amid it.
class Writers {
 public:
  Writers(Server& server, std::string token, std::string order, std::size_t answers_max, std::string round)
      : server_(server),
        token_(std::move(token)),
        order_(std::move(order)),
        answers_max_(answers_max),
        round_(std::move(round)) {}

  void run() {
    std::vector<std::thread> threads;
    for (int i = 0; i < writers; ++i) threads.emplace_back([this, i] { write(round_ + "-" + std::to_string(i)); });
    for (std::thread& thread : threads) thread.join();
  }

  std::vector<std::string> answered;           // paths of what was answered 201
  std::map<std::string, std::string> ordered;  // the answers by their keys; empty: none came

 private:
  void write(const std::string& name) {
    try {
      ApiClient client(server_.port());
      for (int i = 0;; ++i) {
        note("/api/posts/",
             client.call("POST", "/api/posts", R"({"title": "t", "content": "c", "published": true})", token_));
        note("/api/products/", client.call("POST", "/api/products", R"({"name": "p", "price": "1.00"})", token_));
        const std::string key = name + "-" + std::to_string(i);
        note_order(key, {});
        const auto reply = order(client.raw(), token_, key, order_);
        if (reply.status == 201) note_order(key, reply.body);
        note("/api/orders/", {.status = reply.status, .headers = {}, .body = reply.body});
      }
    } catch (const std::exception&) {
      return;  // the connection ended with the server
    }
  }
  void note_order(const std::string& key, std::string body) {
    const std::lock_guard lock(mutex_);
    ordered[key] = std::move(body);
  }
  void note(const std::string& folder, const web::TestReply& reply) {
    if (reply.status != 201) return;
    const std::lock_guard lock(mutex_);
    answered.push_back(folder + reply.at("/data/id"));
    if (answered.size() == answers_max_) server_.process().signal(SIGKILL);
  }

  Server& server_;
  const std::string token_, order_;
  const std::size_t answers_max_;
  const std::string round_;
  std::mutex mutex_;
};

// Each order has its two items, and adds up; how many there are.
int check_orders(ApiClient& client, const std::string& token) {
  std::set<std::string> ids;
  for (int page = 1;; ++page) {
    const auto list =
        client.call("GET", "/api/orders?sort=createdAt&limit=100&page=" + std::to_string(page), "", token);
    for (int i = 0; list.has("/data/" + std::to_string(i)); ++i) {
      const std::string at = "/data/" + std::to_string(i);
      ids.insert(list.at(at + "/id"));
      EXPECT_EQ(list.at(at + "/total"), "5.00");
      EXPECT_EQ(list.at(at + "/items/0/quantity"), "1");
      EXPECT_EQ(list.at(at + "/items/1/quantity"), "2");
      EXPECT_FALSE(list.has(at + "/items/2"));
    }
    if (page >= std::stoi(list.at("/pagination/pages"))) break;
  }
  return static_cast<int>(ids.size());
}

TEST(Crash, NothingThatWasAnsweredIsLostAndNothingIsHalfWritten) {
  const int rounds = number_or("ASHLAR_TEST_CRASH_ROUNDS", 4);
  const int writes = number_or("ASHLAR_TEST_CRASH_WRITES", 90);
  const TemporaryFolder folder;
  std::vector<std::string> answered;
  std::string first, second;
  int orders = 0;
  for (int round = 0; round <= rounds; ++round) {
    Server server(folder);
    ApiClient client(server.port());
    const std::string token = client.admin_token();
    const auto desk = [&](const char* price) {
      const std::string body = std::string(R"({"name": "Desk", "price": ")") + price + R"(", "stock": )";
      return client.call("POST", "/api/products", body + std::to_string(stock) + "}", token).at("/data/id");
    };
    if (round == 0) first = desk("1.00"), second = desk("2.00");

    EXPECT_EQ(check_orders(client, token), orders);
    EXPECT_EQ(client.call("GET", "/api/products/" + first).at("/data/stock"), std::to_string(stock - orders));
    EXPECT_EQ(client.call("GET", "/api/products/" + second).at("/data/stock"), std::to_string(stock - 2 * orders));
    if (round == rounds) {
      for (const std::string& path : answered) EXPECT_EQ(client.call("GET", path, "", token).status, 200) << path;
      break;
    }

    Writers written(server, token, order_of(first, second), static_cast<std::size_t>(writes), std::to_string(round));
    written.run();
    EXPECT_EQ(server.process().wait(), -SIGKILL);
    EXPECT_GE(written.answered.size(), static_cast<std::size_t>(writes));
    answered.insert(answered.end(), written.answered.begin(), written.answered.end());

    // Who got no answer sends the order again, and does not order twice.
    Server next(folder);
    RawClient again(next.port());
    for (const auto& [key, answer] : written.ordered) {
      const auto reply = order(again, token, key, order_of(first, second));
      EXPECT_EQ(reply.status, 201) << reply.body;
      if (!answer.empty()) EXPECT_EQ(reply.body, answer);
      ++orders;
    }
    next.process().signal(SIGKILL);
    EXPECT_EQ(next.process().wait(), -SIGKILL);
  }
}

}  // namespace
}  // namespace ashlar::test
