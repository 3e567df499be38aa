// SPDX-License-Identifier: Apache-2.0
// Many orders at the same moment, each on a connection of its own.
#include "tests/integration/server.hpp"
#include "tests/support/postgres_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

std::string item(const std::string& product, int quantity) {
  return R"({"productId": ")" + product + R"(", "quantity": )" + std::to_string(quantity) + "}";
}
std::string order_of(const std::string& items) { return R"({"items": [)" + items + "]}"; }

class OrdersAtOnce : public testing::Test {
 protected:
  explicit OrdersAtOnce(const Variables& variables = server_variables()) : server_(folder_, variables) {}

  std::string product(int stock) {
    const std::string body = R"({"name": "Desk", "price": "12.50", "stock": )" + std::to_string(stock) + "}";
    return api_.call("POST", "/api/products", body, admin_).at("/data/id");
  }
  std::string stock_of(const std::string& id) { return api_.call("GET", "/api/products/" + id).at("/data/stock"); }
  std::string orders() { return api_.call("GET", "/api/orders", "", admin_).at("/pagination/total"); }

  std::string request(const std::string& body, const std::string& key = {}) {
    return "POST /api/orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer " + admin_ +
           (key.empty() ? "" : "\r\nIdempotency-Key: " + key) + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }
  // All of them are sent before the first answer is read. A server that is full says when to come again (503).
  std::vector<RawResponse> send_at_once(const std::vector<std::string>& requests) {
    std::vector<RawClient> clients;
    for (std::size_t i = 0; i < requests.size(); ++i) clients.emplace_back(server_.port());
    for (std::size_t i = 0; i < requests.size(); ++i) clients[i].send(requests[i]);
    std::vector<RawResponse> out;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      out.push_back(clients[i].read_response());
      while (out.back().status == 503) {
        ++turned_away_;
        clients[i].send(requests[i]);
        out.back() = clients[i].read_response();
      }
    }
    RecordProperty("turned away", turned_away_);
    return out;
  }
  static long count(const std::vector<RawResponse>& responses, int status) {
    return std::ranges::count(responses, status, &RawResponse::status);
  }

 private:
  TemporaryFolder folder_;
  Server server_;
  ApiClient api_{server_.port()};
  std::string admin_ = api_.admin_token();
  int turned_away_ = 0;
};

TEST_F(OrdersAtOnce, AHundredUnderOneKeyAreOneOrder) {
  const std::string desk = product(500);
  const auto answers = send_at_once(std::vector<std::string>(100, request(order_of(item(desk, 3)), "one")));
  for (const RawResponse& answer : answers) {
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.body, answers.front().body);
  }
  EXPECT_EQ(orders(), "1");
  EXPECT_EQ(stock_of(desk), "497");
}

TEST_F(OrdersAtOnce, OfAHundredThatDifferUnderOneKeyOneIsTaken) {
  const std::string desk = product(500);
  std::vector<std::string> requests;
  for (int i = 1; i <= 100; ++i) requests.push_back(request(order_of(item(desk, i)), "one"));
  const auto answers = send_at_once(requests);
  EXPECT_EQ(count(answers, 201), 1);
  EXPECT_EQ(count(answers, 422), 99);
  EXPECT_EQ(orders(), "1");
}

// Half of them name the two products in the other order: there is no deadlock.
TEST_F(OrdersAtOnce, AThousandForAHundredPiecesSellAHundred) {
  const std::string scarce = product(100);
  const std::string plenty = product(100'000);
  const std::string one = request(order_of(item(scarce, 1) + "," + item(plenty, 2)));
  const std::string other = request(order_of(item(plenty, 2) + "," + item(scarce, 1)));
  std::vector<std::string> requests;
  for (int i = 0; i < 500; ++i) requests.insert(requests.end(), {one, other});
  const auto answers = send_at_once(requests);
  EXPECT_EQ(count(answers, 201), 100);
  EXPECT_EQ(count(answers, 409), 900);
  for (const RawResponse& answer : answers) {
    if (answer.status != 201) EXPECT_NE(answer.body.find("order.out_of_stock"), std::string::npos) << answer.body;
  }
  EXPECT_EQ(orders(), "100");
  EXPECT_EQ(stock_of(scarce), "0");
  EXPECT_EQ(stock_of(plenty), "99800") << "what was refused took nothing";
}

Variables serializable() {
  Variables out = server_variables();
  out["DATABASE_URL"] = tests::PostgresServer::shared().new_database();
  out["DATABASE_ISOLATION"] = "serializable";
  return out;
}

class SerializableOrdersAtOnce : public OrdersAtOnce {
 protected:
  SerializableOrdersAtOnce() : OrdersAtOnce(serializable()) {}
};

TEST_F(SerializableOrdersAtOnce, ThatCrossAreTriedAgainAndSellTheStock) {
  const std::string scarce = product(60);
  const std::string plenty = product(100'000);
  const std::string one = request(order_of(item(scarce, 1) + "," + item(plenty, 2)));
  const std::string other = request(order_of(item(plenty, 2) + "," + item(scarce, 1)));
  std::vector<std::string> requests;
  for (int i = 0; i < 100; ++i) requests.insert(requests.end(), {one, other});
  const auto answers = send_at_once(requests);
  EXPECT_EQ(count(answers, 201), 60);
  EXPECT_EQ(count(answers, 409), 140);
  for (const RawResponse& answer : answers) {
    if (answer.status != 201) EXPECT_NE(answer.body.find("order.out_of_stock"), std::string::npos) << answer.body;
  }
  EXPECT_EQ(orders(), "60");
  EXPECT_EQ(stock_of(scarce), "0");
  EXPECT_EQ(stock_of(plenty), "99880");
}

TEST_F(SerializableOrdersAtOnce, UnderOneKeyAreOneOrder) {
  const std::string desk = product(500);
  const auto answers = send_at_once(std::vector<std::string>(50, request(order_of(item(desk, 3)), "one")));
  for (const RawResponse& answer : answers) {
    EXPECT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.body, answers.front().body);
  }
  EXPECT_EQ(orders(), "1");
  EXPECT_EQ(stock_of(desk), "497");
}

}  // namespace
}  // namespace ashlar::test
