// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "tests/support/test_backend.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;

constexpr const char* nowhere = "01900000-0000-7000-8000-000000000000";

std::string item(const std::string& product, const std::string& quantity) {
  return R"({"productId": ")" + product + R"(", "quantity": )" + quantity + "}";
}
std::string order_of(const std::string& items) { return R"({"items": [)" + items + "]}"; }

class Orders : public testing::Test {
 protected:
  std::string product(const std::string& name, const std::string& price, int stock) {
    const auto reply = backend.as(
        keeper, Method::post, "/api/products",
        R"({"name": ")" + name + R"(", "price": ")" + price + R"(", "stock": )" + std::to_string(stock) + "}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.at("/data/id");
  }
  std::string stock_of(const std::string& id) { return backend.client().get("/api/products/" + id).at("/data/stock"); }
  web::TestRequest request(const Person& who, const std::string& body, const std::string& key = {}) {
    web::TestRequest out{.method = Method::post,
                         .target = "/api/orders",
                         .headers = {{"Authorization", "Bearer " + who.token}},
                         .body = body};
    if (!key.empty()) out.headers.emplace_back("Idempotency-Key", key);
    return out;
  }
  web::TestReply order(const Person& who, const std::string& body, const std::string& key = {}) {
    return backend.client().send(request(who, body, key));
  }
  std::string total_of(const Person& who) {
    return backend.as(who, Method::get, "/api/orders").at("/pagination/total");
  }
  // How many there are in a table, with a condition or without.
  int rows(const std::string& of) {
    int found = 0;
    EXPECT_TRUE(backend.database().query_blocking(
        {.sql = "select 1 from " + of, .parameters = {}, .mode = sql::Mode::read, .on_row = [&](const sql::Row&) {
           ++found;
         }}));
    return found;
  }

  // Begins the payment of an order, and lets the provider for development settle it.
  void pay(const std::string& path) {
    EXPECT_EQ(backend.as(backend.admin(), Method::post, path + "/pay", "{}").status, 202);
    settle_payments();
  }
  void settle_payments() {
    backend.clock().advance(std::chrono::seconds{31});
    SystemRandom random;
    api::SystemCall call({&backend.clock(), &random, &backend.logger()}, "payments");
    EXPECT_TRUE(async::run_to_end(backend.client().loop(), backend.application().payments().reconcile(call)));
    backend.clock().advance(std::chrono::seconds{31});
    EXPECT_TRUE(async::run_to_end(backend.client().loop(), backend.application().payments().reconcile(call)));
  }

  std::int64_t expire() {
    const auto expired = async::run_to_end(backend.client().loop(), backend.application().order_expiry().run_once());
    EXPECT_TRUE(expired) << expired.error().cause();
    return expired.value_or(-1);
  }

  TestBackend backend;
  Person keeper = backend.person_with("keeper", {"create:product", "update:product", "delete:product"});
  Person ada = backend.person("ada");
};

TEST_F(Orders, Refuse) {
  const Person eve = backend.person("eve");
  const std::string desk = product("Desk", "349.00", 3);
  const std::string good = order_of(item(desk, "1"));
  const std::string mine = "/api/orders/" + order(ada, good).at("/data/id");
  const std::string create = "POST /api/orders";
  const BadTokens bad = backend.bad_tokens();
  const auto invalid = [&](std::string name, const std::string& body, std::vector<std::string> faults) {
    return Scenario{std::move(name), create, body, 422, "request.invalid", std::move(faults), ada.token};
  };
  std::string many = item(desk, "1");
  for (int i = 0; i < 100; ++i) many += "," + item(desk, "1");
  expect_refusals(
      backend.client(),
      without_a_good_token(create, good, bad) + without_a_readable_body(create, good, ada.token) +
          without_a_good_token("GET /api/orders", "", bad) + without_a_good_page("GET /api/orders", ada.token) +
          without_a_good_token("GET " + mine, "", bad) + without_a_good_token("POST " + mine + "/cancel", "", bad) +
          without_a_good_token("POST " + mine + "/pay", "{}", bad) +
          without_a_good_id("GET /api/orders/", "", ada.token, "order.not_found") +
          std::vector<Scenario>{
              invalid("nothing", "{}", {"/items required"}),
              invalid("no item", order_of(""), {"/items too_few_items"}),
              invalid("too many items", order_of(many), {"/items too_many_items"}),
              invalid("an empty item", order_of("{}"), {"/items/0/productId required", "/items/0/quantity required"}),
              invalid("no piece", order_of(item(desk, "0")), {"/items/0/quantity too_small"}),
              invalid("less than no piece", order_of(item(desk, "-1")), {"/items/0/quantity too_small"}),
              invalid("too many pieces", order_of(item(desk, "1001")), {"/items/0/quantity too_large"}),
              invalid("half a piece", order_of(item(desk, "0.5")), {"/items/0/quantity type"}),
              invalid("no UUID", order_of(item("x' or 1=1", "1")), {"/items/0/productId uuid"}),
              invalid("a price of one's own",
                      R"({"items": [{"productId": ")" + desk + R"(", "quantity": 1, "unitPrice": "0.01"}]})",
                      {"/items/0/unitPrice unknown_member"}),
              invalid("a product of nothing", order_of(item(desk, "1") + "," + item(nowhere, "1")),
                      {"/items/1/productId one_of"}),
              {"more than there is", create, order_of(item(desk, "3")), 409, "order.out_of_stock", {}, ada.token},
              {"more than there is, in two lines",
               create,
               order_of(item(desk, "1") + "," + item(desk, "2")),
               409,
               "order.out_of_stock",
               {},
               ada.token},
              {"another's order", "GET " + mine, "", 403, "auth.forbidden", {}, eve.token},
              {"cancelling another's", "POST " + mine + "/cancel", "", 403, "auth.forbidden", {}, eve.token},
              {"paying another's", "POST " + mine + "/pay", "{}", 403, "auth.forbidden", {}, eve.token},
              {"cancelling nothing",
               std::string("POST /api/orders/") + nowhere + "/cancel",
               "",
               404,
               "order.not_found",
               {},
               ada.token},
              {"another method", "PATCH " + mine, "{}", 405, "route.method_not_allowed", {}, ada.token},
          });
  EXPECT_EQ(order(ada, good, "a b").at("/errors/0/path"), "Idempotency-Key");
  EXPECT_EQ(stock_of(desk), "2") << "no refusal took a piece";
  EXPECT_EQ(total_of(ada), "1");
}

TEST_F(Orders, TakeFromTheStockAndKeepThePriceOfTheMoment) {
  const std::string desk = product("Desk", "349.50", 3);
  const std::string lamp = product("Lamp", "12.25", 10);
  const auto reply = order(ada, order_of(item(lamp, "4") + "," + item(desk, "2")));
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.at("/data/userId"), ada.id);
  EXPECT_EQ(reply.at("/data/status"), "pending");
  EXPECT_EQ(reply.at("/data/total"), "748.00");
  EXPECT_EQ(reply.at("/data/currency"), "EUR");
  EXPECT_EQ(reply.at("/data/items/0/name"), "Lamp");
  EXPECT_EQ(reply.at("/data/items/1/unitPrice"), "349.50");
  EXPECT_EQ(stock_of(desk), "1");
  EXPECT_EQ(stock_of(lamp), "6");

  const std::string path = "/api/orders/" + reply.at("/data/id");
  EXPECT_EQ(backend.as(ada, Method::get, path).at("/data"), reply.at("/data"));
  EXPECT_EQ(backend.as(keeper, Method::patch, "/api/products/" + lamp, R"({"price": "1.00"})").status, 200);
  EXPECT_EQ(backend.as(keeper, Method::remove, "/api/products/" + desk).status, 204);
  const auto later = backend.as(ada, Method::get, path);
  EXPECT_EQ(later.at("/data/items/0/unitPrice"), "12.25");
  EXPECT_EQ(later.at("/data/items/1/productId"), "null");
  EXPECT_EQ(later.at("/data/items/1/name"), "Desk");
}

TEST_F(Orders, AreListedToTheirOwnerAndAllToAnAdmin) {
  const std::string desk = product("Desk", "1.00", 9);
  const Person eve = backend.person("eve");
  (void)order(ada, order_of(item(desk, "1")));
  backend.clock().advance(std::chrono::seconds{1});
  (void)order(ada, order_of(item(desk, "2") + "," + item(desk, "1")));
  (void)order(eve, order_of(item(desk, "1")));
  const auto mine = backend.as(ada, Method::get, "/api/orders");
  EXPECT_EQ(mine.at("/pagination/total"), "2");
  EXPECT_EQ(mine.at("/data/0/items/0/quantity"), "2");
  EXPECT_EQ(mine.at("/data/0/items/1/quantity"), "1");
  EXPECT_EQ(mine.at("/data/1/items/0/quantity"), "1");
  EXPECT_EQ(total_of(eve), "1");
  EXPECT_EQ(total_of(backend.admin()), "3");
  EXPECT_EQ(backend.as(ada, Method::get, "/api/orders?sort=total&limit=1").at("/data/0/total"), "1.00");
}

TEST_F(Orders, GiveTheirPiecesBackOnceWhenTheyAreCancelled) {
  const std::string desk = product("Desk", "1.00", 3);
  const std::string path = "/api/orders/" + order(ada, order_of(item(desk, "2"))).at("/data/id");
  EXPECT_EQ(stock_of(desk), "1");
  EXPECT_EQ(backend.as(ada, Method::post, path + "/cancel").at("/data/status"), "cancelled");
  EXPECT_EQ(stock_of(desk), "3");
  EXPECT_EQ(backend.as(ada, Method::post, path + "/cancel").at("/code"), "order.not_cancellable");
  EXPECT_EQ(backend.as(backend.admin(), Method::post, path + "/pay", "{}").at("/code"), "order.not_pending");
  EXPECT_EQ(stock_of(desk), "3");
}

TEST_F(Orders, ThatWerePaidAreRefunded) {
  const std::string desk = product("Desk", "1.00", 3);
  const std::string path = "/api/orders/" + order(ada, order_of(item(desk, "2"))).at("/data/id");
  const Person admin = backend.admin();
  pay(path);
  EXPECT_EQ(backend.as(admin, Method::post, path + "/pay", "{}").at("/code"), "order.not_pending");
  EXPECT_EQ(rows("payments where status = 'succeeded' and amount = 200 and currency = 'EUR'"), 1);
  EXPECT_EQ(backend.as(admin, Method::post, path + "/cancel").at("/data/status"), "refunded");
  settle_payments();
  EXPECT_EQ(rows("payments where status = 'refunded' and amount = 200"), 1);
  EXPECT_EQ(stock_of(desk), "3");
}

TEST_F(Orders, ThatArePaidAndCancelledAtOnceAreCancelled) {
  const std::string desk = product("Desk", "1.00", 3);
  const auto made = order(ada, order_of(item(desk, "2")));
  auto pay_it = request(backend.admin(), "{}");
  pay_it.target += "/" + made.at("/data/id") + "/pay";
  auto cancel = request(ada, "");
  cancel.target += "/" + made.at("/data/id") + "/cancel";
  const auto statuses = backend.at_once({pay_it, cancel, pay_it, cancel, pay_it, cancel});
  EXPECT_EQ(std::ranges::count(statuses, 200), 1) << "it is cancelled once";
  EXPECT_EQ(std::ranges::count(statuses, 200) + std::ranges::count(statuses, 202) + std::ranges::count(statuses, 409),
            6);
  EXPECT_EQ(stock_of(desk), "3");
  settle_payments();
  EXPECT_EQ(backend.as(ada, Method::get, "/api/orders/" + made.at("/data/id")).at("/data/status"), "cancelled");
  EXPECT_EQ(rows("payments where status <> 'cancelled'"), 0);
}

TEST_F(Orders, OutliveTheirAccountWithoutNamingIt) {
  const std::string desk = product("Desk", "1.00", 10);
  const std::string paid = "/api/orders/" + order(ada, order_of(item(desk, "2")), "k").at("/data/id");
  const std::string pending = "/api/orders/" + order(ada, order_of(item(desk, "3"))).at("/data/id");
  const Person admin = backend.admin();
  pay(paid);
  EXPECT_EQ(stock_of(desk), "5");
  EXPECT_EQ(backend.as(admin, Method::remove, "/api/users/" + ada.id).status, 204);
  EXPECT_EQ(stock_of(desk), "8") << "the pieces of the pending order returned, those of the paid one did not";

  const auto kept = backend.as(admin, Method::get, paid);
  EXPECT_EQ(kept.at("/data/status"), "paid");
  EXPECT_EQ(kept.at("/data/userId"), "null");
  EXPECT_EQ(kept.at("/data/items/0/quantity"), "2");
  EXPECT_EQ(backend.as(admin, Method::get, pending).at("/data/status"), "cancelled");
  EXPECT_EQ(total_of(admin), "2");
  EXPECT_EQ(rows("idempotency_keys"), 0);
  const Person eve = backend.person("eve");
  for (const std::string& path : {paid, paid + "/cancel", paid + "/pay"}) {
    const auto method = path == paid ? Method::get : Method::post;
    EXPECT_EQ(backend.as(eve, method, path, path.ends_with("/pay") ? "{}" : "").at("/code"), "auth.forbidden") << path;
  }
  EXPECT_EQ(backend.as(admin, Method::post, paid + "/cancel").at("/data/status"), "refunded");
  EXPECT_EQ(stock_of(desk), "10");
}

TEST_F(Orders, ThatStayPendingExpireAndReturnTheirPieces) {
  const std::string desk = product("Desk", "1.00", 10);
  const std::string lamp = product("Lamp", "1.00", 10);
  const std::string late =
      "/api/orders/" + order(ada, order_of(item(desk, "2") + "," + item(lamp, "1"))).at("/data/id");
  const std::string later = "/api/orders/" + order(ada, order_of(item(desk, "3"))).at("/data/id");
  const std::string paid = "/api/orders/" + order(ada, order_of(item(desk, "1"))).at("/data/id");
  pay(paid);
  backend.clock().advance(std::chrono::minutes{30} - std::chrono::seconds{62} - std::chrono::milliseconds{1});
  ada = backend.sign_in(ada.email);
  const std::string fresh = "/api/orders/" + order(ada, order_of(item(desk, "1"))).at("/data/id");
  EXPECT_EQ(expire(), 0) << "not before their time";
  EXPECT_EQ(stock_of(desk), "3");

  backend.clock().advance(std::chrono::milliseconds{1});
  EXPECT_EQ(expire(), 2);
  EXPECT_EQ(expire(), 0);
  EXPECT_EQ(stock_of(desk), "8");
  EXPECT_EQ(stock_of(lamp), "10");
  ada = backend.sign_in(ada.email);
  const auto status_of = [&](const std::string& path) { return backend.as(ada, Method::get, path).at("/data/status"); };
  EXPECT_EQ(status_of(late), "cancelled");
  EXPECT_EQ(status_of(later), "cancelled");
  EXPECT_EQ(status_of(paid), "paid");
  EXPECT_EQ(status_of(fresh), "pending");
  EXPECT_EQ(backend.as(backend.admin(), Method::post, late + "/pay", "{}").at("/code"), "order.not_pending");
}

// More than fits in one unit of work, by several instances, with customers who cancel meanwhile.
TEST_F(Orders, ThatExpireInSeveralInstancesReturnEachPieceOnce) {
  const std::string desk = product("Desk", "1.00", 500);
  std::vector<web::TestRequest> cancels;
  for (int i = 0; i < 120; ++i) {
    auto cancel = request(ada, "");
    cancel.target += "/" + order(ada, order_of(item(desk, "2"))).at("/data/id") + "/cancel";
    if (i % 10 == 0) cancels.push_back(std::move(cancel));
  }
  EXPECT_EQ(stock_of(desk), "260");
  backend.clock().advance(std::chrono::minutes{30});
  ada = backend.sign_in(ada.email);
  for (auto& cancel : cancels) cancel.headers = {{"Authorization", "Bearer " + ada.token}};
  std::atomic<std::int64_t> expired = 0;
  {
    std::vector<std::jthread> instances;
    for (int i = 0; i < 3; ++i) {
      instances.emplace_back([&, &client = backend.new_client()] {
        const auto done = async::run_to_end(client.loop(), backend.application().order_expiry().run_once());
        if (done) expired += *done;
      });
    }
    for (const int status : backend.at_once(cancels)) EXPECT_TRUE(status == 200 || status == 409) << status;
  }
  expired += expire();  // those that were locked by a cancellation that lost
  EXPECT_EQ(stock_of(desk), "500");
  EXPECT_EQ(rows("orders where status = 'cancelled'"), 120);
  EXPECT_LE(expired, 120);
}

TEST_F(Orders, UnderOneKeyAreOneOrderForADay) {
  const std::string desk = product("Desk", "1.00", 9);
  const std::string body = order_of(item(desk, "1"));
  const auto first = order(ada, body, "key-1");
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(backend.as(ada, Method::post, "/api/orders/" + first.at("/data/id") + "/cancel").status, 200);
  const auto again = order(ada, R"({ "items":[{"quantity":1,"productId":")" + desk + "\"}]}", "key-1");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body) << "the answer of then, and written in another way it is the same request";
  EXPECT_EQ(order(ada, order_of(item(desk, "2")), "key-1").at("/code"), "idempotency.mismatch");
  EXPECT_NE(order(backend.person("eve"), body, "key-1").at("/data/id"), first.at("/data/id")) << "keys are one's own";
  EXPECT_EQ(total_of(ada), "1");

  EXPECT_EQ(order(ada, order_of(item(desk, "10")), "key-2").at("/code"), "order.out_of_stock");
  EXPECT_EQ(order(ada, body, "key-2").status, 201) << "a refusal leaves no key";

  backend.clock().advance(std::chrono::hours{24});
  ada = backend.sign_in(ada.email);
  EXPECT_NE(order(ada, body, "key-1").at("/data/id"), first.at("/data/id"));
  EXPECT_EQ(rows("idempotency_keys"), 1) << "expired ones of all accounts are gone";
}

TEST_F(Orders, AtOnceUnderOneKeyAreOneOrder) {
  const std::string desk = product("Desk", "1.00", 9);
  const auto statuses = backend.at_once(8, request(ada, order_of(item(desk, "1")), "key"));
  EXPECT_EQ(std::ranges::count(statuses, 201), 8);
  EXPECT_EQ(total_of(ada), "1");
  EXPECT_EQ(stock_of(desk), "8");
}

TEST_F(Orders, AtOnceSellWhatThereIsAndNoMore) {
  const std::string desk = product("Desk", "1.00", 10);
  const std::string lamp = product("Lamp", "1.00", 100);
  const auto statuses = backend.at_once(16, request(ada, order_of(item(lamp, "1") + "," + item(desk, "1"))));
  EXPECT_EQ(std::ranges::count(statuses, 201), 10);
  EXPECT_EQ(std::ranges::count(statuses, 409), 6);
  EXPECT_EQ(stock_of(desk), "0");
  EXPECT_EQ(stock_of(lamp), "90") << "an order that failed took nothing";
  EXPECT_EQ(total_of(ada), "10");
}

TEST_F(Orders, AtOnceOfTheSameProductsInAnyOrderDoNotBlockEachOther) {
  const std::string desk = product("Desk", "1.00", 100);
  const std::string lamp = product("Lamp", "1.00", 100);
  const std::string one = order_of(item(lamp, "1") + "," + item(desk, "2"));
  const std::string other = order_of(item(desk, "2") + "," + item(lamp, "1"));
  std::vector<web::TestRequest> requests;
  for (int i = 0; i < 6; ++i) {
    const auto made = order(ada, one);
    auto cancel = request(ada, "");
    cancel.target += "/" + made.at("/data/id") + "/cancel";
    requests.insert(requests.end(), {request(ada, one), request(ada, other), cancel});
  }
  const auto statuses = backend.at_once(requests);
  EXPECT_EQ(std::ranges::count(statuses, 201), 12);
  EXPECT_EQ(std::ranges::count(statuses, 200), 6);
  EXPECT_EQ(stock_of(desk), "76");
  EXPECT_EQ(stock_of(lamp), "88");
}

TEST_F(Orders, AtOnceDropTheKeysOfYesterdayWithoutWaitingForEachOther) {
  const std::string desk = product("Desk", "1.00", 100);
  std::vector<std::string> keys;
  for (int i = 0; i < 12; ++i) keys.push_back("key-" + std::to_string(i));
  for (const std::string& key : keys) EXPECT_EQ(order(ada, order_of(item(desk, "1")), key).status, 201);
  backend.clock().advance(std::chrono::hours{24});
  ada = backend.sign_in(ada.email);
  std::vector<web::TestRequest> requests;
  for (const std::string& key : keys) requests.push_back(request(ada, order_of(item(desk, "2")), key));
  EXPECT_EQ(std::ranges::count(backend.at_once(requests), 201), 12);
  EXPECT_EQ(total_of(ada), "24");
}

// A caller who holds the permission is asked for no owner, so nothing else looks the order up.
TEST(Order, ThatDoesNotExistIsNotFoundByAnAdmin) {
  TestBackend backend;
  const Person admin = backend.admin();
  for (const std::string action : {"", "/pay", "/cancel"}) {
    const std::string path = "/api/orders/01900000-0000-7000-8000-000000000000" + action;
    const std::string body = action == "/pay" ? "{}" : "";
    EXPECT_EQ(backend.as(admin, action.empty() ? http::Method::get : http::Method::post, path, body).status, 404)
        << action;
  }
}

}  // namespace
}  // namespace ashlar::test
