// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/payments.hpp"

#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/events/outbox.hpp"
#include "tests/support/stripe_simulator.hpp"
#include "tests/support/test_backend.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using namespace std::chrono_literals;

class StripePayments : public testing::Test {
 protected:
  StripePayments() {
    desk = backend.as(keeper, Method::post, "/api/products", R"({"name": "Desk", "price": "12.50", "stock": 100000})")
               .at("/data/id");
  }

  void advance(std::chrono::milliseconds by) {
    backend.clock().advance(by);
    stripe_clock.advance(by);
  }
  std::string new_order() {
    const auto made =
        backend.as(ada, Method::post, "/api/orders", R"({"items": [{"productId": ")" + desk + R"(", "quantity": 2}]})");
    EXPECT_EQ(made.status, 201) << made.body;
    return made.at("/data/id");
  }
  web::TestReply pay(const std::string& order, const std::string& card = {}, const std::string& key = {}) {
    web::TestRequest request{.method = Method::post,
                             .target = "/api/orders/" + order + "/pay",
                             .headers = {{"Authorization", "Bearer " + ada.token}},
                             .body = card.empty() ? "{}" : R"({"card": ")" + card + R"("})"};
    if (!key.empty()) request.headers.emplace_back("Idempotency-Key", key);
    return backend.client().send(request);
  }
  std::string status_of(const std::string& order) {
    return backend.as(ada, Method::get, "/api/orders/" + order).at("/data/status");
  }
  web::TestReply post(const std::string& order, const std::string& action, const Person& who) {
    return backend.as(who, Method::post, "/api/orders/" + order + "/" + action);
  }
  int stock() { return std::stoi(backend.client().get("/api/products/" + desk).at("/data/stock")); }
  std::string payment_status(const std::string& payment) {
    std::string out;
    EXPECT_TRUE(backend.database().query_blocking({.sql = "select status from payments where id = $1",
                                                   .parameters = {Uuid::parse(payment).value()},
                                                   .mode = sql::Mode::read,
                                                   .on_row = [&](const sql::Row& row) { out = row.text(0); }}));
    return out;
  }
  template <class T>
  T await(Task<T> task) {
    return async::run_to_end(backend.client().loop(), std::move(task));
  }
  std::int64_t reconcile() {
    api::SystemCall call({&backend.clock(), &random, &backend.logger()}, "payments");
    return await(backend.application().payments().reconcile(call)).value_or(-1);
  }
  Result<> process(const std::string& payment) {
    api::SystemCall call({&backend.clock(), &random, &backend.logger()}, "payments");
    return await(backend.application().payments().advance(call, Uuid::parse(payment).value()));
  }
  web::TestReply deliver(const std::string& event, const std::string& signature) {
    return backend.client().send({.method = Method::post,
                                  .target = "/api/webhooks/stripe",
                                  .headers = {{"Stripe-Signature", signature}},
                                  .body = event});
  }
  web::TestReply deliver(const std::string& event) { return deliver(event, stripe.signature(event)); }
  void deliver_all() {
    for (const std::string& event : stripe.take_events()) EXPECT_EQ(deliver(event).status, 200);
  }
  // Lets time pass and the reconciliation run until nothing is left to do.
  void settle() {
    for (int round = 0; round < 40; ++round) {
      advance(11min);
      if (reconcile() > 0) continue;
      ada = backend.sign_in(ada.email);
      return;
    }
    FAIL() << "payments do not settle";
  }

  ManualClock stripe_clock{Timestamp::parse("2026-05-04T08:30:00Z").value()};
  SystemRandom random;
  StripeSimulator stripe{stripe_clock};
  TestBackend backend{[this](backend::Settings& out) {
    out.payments.provider = backend::PaymentSettings::Provider::stripe;
    out.payments.stripe.api_base = stripe.url();
    out.payments.stripe.api_key = StripeSimulator::api_key;
    out.payments.stripe_webhook_secrets = {StripeSimulator::webhook_secret};
  }};
  Person keeper = backend.person_with("keeper", {"create:product", "refund:order", "pay:order"});
  Person ada = backend.person("ada");
  std::string desk;
};

TEST_F(StripePayments, Refuse) {
  const std::string order = new_order();
  const std::string pay_it = "POST /api/orders/" + order + "/pay";
  const std::string refund = "POST /api/orders/" + order + "/refund";
  const BadTokens bad = backend.bad_tokens();
  const auto card = [&](std::string name, const std::string& text) {
    return Scenario{std::move(name),  pay_it,   R"({"card": ")" + text + R"("})", 422, "request.invalid",
                    {"/card one_of"}, ada.token};
  };
  expect_refusals(
      backend.client(),
      without_a_good_token(pay_it, "{}", bad) + without_a_good_token(refund, "", bad) +
          std::vector<Scenario>{
              card("a card's number", "4242424242424242"),
              card("another's card", "decline"),
              card("a path", "pm_../refunds"),
              {"no card", pay_it, R"({"card": ""})", 422, "request.invalid", {"/card too_short"}, ada.token},
              {"an amount",
               pay_it,
               R"({"amount": "0.01"})",
               422,
               "request.invalid",
               {"/amount unknown_member"},
               ada.token},
              {"a refund of one's own", refund, "", 403, "auth.forbidden", {}, ada.token},
              {"a refund of what is not paid", refund, "", 409, "order.not_refundable", {}, keeper.token},
              {"a refund of nothing",
               "POST /api/orders/01900000-0000-7000-8000-000000000000/refund",
               "",
               404,
               "order.not_found",
               {},
               keeper.token},
              {"a payment of nothing",
               "POST /api/orders/01900000-0000-7000-8000-000000000000/pay",
               "{}",
               404,
               "order.not_found",
               {},
               keeper.token},
          });
  EXPECT_EQ(post(order, "cancel", ada).status, 200);
  EXPECT_EQ(pay(order).at("/code"), "order.not_pending");
  EXPECT_EQ(stripe.requests(), 0);
}

TEST_F(StripePayments, RefuseEventsThatStripeDidNotSend) {
  const std::string order = new_order();
  const std::string payment = pay(order).at("/data/payment/id");
  ASSERT_TRUE(process(payment));
  ASSERT_TRUE(stripe.confirm("pi_1", "pm_card_visa"));
  const std::vector<std::string> events = stripe.take_events();
  const std::string& event = events.back();
  const std::string good = stripe.signature(event);
  const struct {
    std::string name, event, signature;
  } table[] = {
      {"no signature", event, ""},
      {"another scheme", event, "t=1,v0=00"},
      {"a changed body", event + " ", good},
      {"a changed time", event, "t=1" + good.substr(good.find(','))},
      {"half a signature", event, good.substr(0, good.size() - 2)},
      {"text", event, "hello"},
  };
  for (const auto& [name, body, signature] : table) {
    const auto reply = deliver(body, signature);
    EXPECT_EQ(reply.status, 400) << name;
    EXPECT_EQ(reply.at("/code"), "webhook.signature_invalid") << name;
  }
  advance(301s);
  EXPECT_EQ(deliver(event, good).at("/code"), "webhook.signature_invalid") << "an old one, sent again";
  EXPECT_EQ(deliver("no JSON").at("/code"), "payment.malformed_event");
  EXPECT_EQ(status_of(order), "pending");
  EXPECT_EQ(deliver(event).status, 200);
  EXPECT_EQ(status_of(order), "paid");
}

TEST_F(StripePayments, AreConfirmedByTheCustomer) {
  const std::string order = new_order();
  const auto begun = pay(order, {}, "key-1");
  ASSERT_EQ(begun.status, 202) << begun.body;
  EXPECT_EQ(begun.at("/data/payment/status"), "processing");
  EXPECT_EQ(begun.at("/data/payment/amount"), "25.00");
  EXPECT_EQ(begun.at("/data/payment/clientSecret"), "null");
  EXPECT_EQ(begun.at("/data/order/status"), "pending");
  const std::string payment = begun.at("/data/payment/id");
  ASSERT_TRUE(process(payment));
  for (const char* key : {"key-1", "key-2", ""}) {
    const auto again = pay(order, {}, key);
    EXPECT_EQ(again.status, 202) << key;
    EXPECT_EQ(again.at("/data/payment/id"), payment) << key;
    EXPECT_EQ(again.at("/data/payment/clientSecret"), "pi_1_secret_1") << key;
  }
  EXPECT_EQ(stripe.ledger(order).intents, 1);
  EXPECT_EQ(stripe.seen().front().idempotency_key, "order-" + order + "-1");

  ASSERT_TRUE(stripe.confirm("pi_1", "pm_card_visa"));
  auto events = stripe.take_events();
  std::ranges::reverse(events);  // Stripe promises no order
  const std::vector<std::string> again = events;
  events.insert(events.end(), again.begin(), again.end());
  for (const std::string& event : events) EXPECT_EQ(deliver(event).status, 200);
  EXPECT_EQ(status_of(order), "paid");
  EXPECT_EQ(payment_status(payment), "succeeded");
  EXPECT_EQ(pay(order, {}, "key-3").at("/code"), "order.not_pending");
  settle();
  EXPECT_EQ(stripe.ledger(order).charged_minor, 2'500);
  int paid = 0;
  const auto published = await(backend.application().events().outbox().list_after(0, 1'000));
  ASSERT_TRUE(published) << published.error().cause();
  for (const events::Event& event : *published) paid += event.key == order && event.type == "order.paid" ? 1 : 0;
  EXPECT_EQ(paid, 1) << "however often and in which order Stripe reports it";
}

TEST_F(StripePayments, AcknowledgeEventsThatMeanNothingHere) {
  const std::string order = new_order();
  const struct {
    std::string name, event;
  } table[] = {
      {"another type", R"({"id": "evt_x1", "object": "event", "type": "customer.created", "data": {"object": {}}})"},
      {"a type of later", R"({"id": "evt_x2", "object": "event", "type": "payment_intent.frozen", "data": {"object":
          {"id": "pi_9", "object": "payment_intent", "status": "frozen", "amount": 2500, "currency": "eur"}}})"},
      {"an intent of another program", R"({"id": "evt_x3", "object": "event", "type": "payment_intent.succeeded",
          "data": {"object": {"id": "pi_9", "object": "payment_intent", "status": "succeeded", "amount": 2500,
          "amount_received": 2500, "currency": "eur", "metadata": {}}}})"},
  };
  for (const auto& [name, event] : table) {
    for (int i = 0; i < 2; ++i) {
      const auto reply = deliver(event);
      EXPECT_EQ(reply.status, 200) << name << ": " << reply.body;
    }
  }
  EXPECT_EQ(status_of(order), "pending");
}

TEST_F(StripePayments, AreSettledWithoutAnyWebhook) {
  const std::string order = new_order();
  (void)pay(order, "pm_slow");
  EXPECT_EQ(reconcile(), 0) << "the job comes first";
  advance(30s);
  EXPECT_EQ(reconcile(), 1);
  EXPECT_EQ(status_of(order), "pending");
  stripe.settle_all();
  advance(1min);
  EXPECT_EQ(reconcile(), 1);
  EXPECT_EQ(status_of(order), "paid");
  EXPECT_EQ(reconcile(), 0);
}

TEST_F(StripePayments, ThatAreDeclinedLeaveTheOrderPending) {
  const std::string order = new_order();
  const std::string first = pay(order, "pm_card_chargeDeclined").at("/data/payment/id");
  ASSERT_TRUE(process(first));
  EXPECT_EQ(payment_status(first), "failed");
  EXPECT_EQ(status_of(order), "pending");
  const auto second = pay(order, "pm_card_visa");
  EXPECT_EQ(second.status, 202);
  ASSERT_NE(second.at("/data/payment/id"), first);
  ASSERT_TRUE(process(second.at("/data/payment/id")));
  EXPECT_EQ(status_of(order), "paid");
  EXPECT_EQ(stripe.status("pi_1"), "canceled") << "nobody can confirm it any more";
  EXPECT_EQ(stripe.ledger(order).charged, 1);
}

// A shopper tries again while the first attempt, which seemed to have failed, is being paid.
TEST_F(StripePayments, ThatTurnOutToBePaidArePaidOnce) {
  const std::string order = new_order();
  const std::string first = pay(order, "pm_card_chargeDeclined").at("/data/payment/id");
  ASSERT_TRUE(process(first));
  const std::string second = pay(order, "pm_card_visa").at("/data/payment/id");
  ASSERT_TRUE(stripe.confirm("pi_1", "pm_card_visa"));
  (void)process(second);
  EXPECT_EQ(status_of(order), "paid");
  EXPECT_EQ(payment_status(first), "succeeded");
  EXPECT_EQ(payment_status(second), "cancelled");
  settle();
  EXPECT_EQ(stripe.ledger(order).charged, 1);
  EXPECT_EQ(stripe.ledger(order).refunded, 0);
}

TEST_F(StripePayments, OfCancelledOrdersAreCancelledOrRefunded) {
  const int before = stock();
  const struct {
    std::string card;
    bool processed;
    std::string order, payment;
    int charged;
  } table[] = {
      {"", true, "cancelled", "cancelled", 0},           // the customer has not confirmed it
      {"", false, "cancelled", "cancelled", 0},          // the provider was not called yet
      {"pm_slow", true, "refunded", "refunded", 1},      // too late
      {"pm_card_visa", true, "refunded", "refunded", 1}  // paid, and cancelled after that
  };
  for (const auto& [card, processed, order_status, payment_after, charged] : table) {
    const std::string order = new_order();
    const std::string payment = pay(order, card).at("/data/payment/id");
    if (processed) EXPECT_TRUE(process(payment));
    EXPECT_EQ(post(order, "cancel", ada).status, 200) << card;
    EXPECT_EQ(stock(), before) << card;
    stripe.settle_all();
    deliver_all();
    settle();
    EXPECT_EQ(status_of(order), order_status) << card << processed;
    EXPECT_EQ(payment_status(payment), payment_after) << card << processed;
    EXPECT_EQ(stripe.ledger(order).charged, charged) << card << processed;
    EXPECT_EQ(stripe.ledger(order).charged_minor, 0) << card << processed;
    EXPECT_EQ(stripe.ledger(order).open, 0) << card << processed;
    EXPECT_EQ(stock(), before) << card;
  }
}

TEST_F(StripePayments, AreRefundedInFullAndOnce) {
  const int before = stock();
  const std::string order = new_order();
  ASSERT_TRUE(process(pay(order, "pm_card_visa").at("/data/payment/id")));
  const auto refunded = post(order, "refund", keeper);
  EXPECT_EQ(refunded.status, 202) << refunded.body;
  EXPECT_EQ(refunded.at("/data/order/status"), "refunded");
  EXPECT_EQ(refunded.at("/data/payment/status"), "refunding");
  EXPECT_EQ(stock(), before);
  EXPECT_EQ(post(order, "refund", keeper).at("/code"), "order.not_refundable");
  EXPECT_EQ(post(order, "cancel", ada).at("/code"), "order.not_cancellable");
  stripe.set_faults([](const StripeRequest& each) {
    return each.path == "/v1/refunds" && each.number % 3 != 0 ? StripeFault::lost_answer : StripeFault::none;
  });
  settle();
  EXPECT_EQ(payment_status(refunded.at("/data/payment/id")), "refunded");
  EXPECT_EQ(stripe.ledger(order).refunded, 1);
}

TEST_F(StripePayments, KeepTheirOrdersFromExpiring) {
  const std::string order = new_order();
  const std::string payment = pay(order, "pm_slow").at("/data/payment/id");
  ASSERT_TRUE(process(payment));
  advance(24h);
  ada = backend.sign_in(ada.email);
  EXPECT_EQ(await(backend.application().order_expiry().run_once()).value_or(-1), 0);
  EXPECT_EQ(status_of(order), "pending");
  stripe.settle_all();
  deliver_all();
  EXPECT_EQ(status_of(order), "paid");

  const std::string abandoned = new_order();
  ASSERT_TRUE(process(pay(abandoned).at("/data/payment/id")));
  advance(31min);
  reconcile();
  EXPECT_EQ(stripe.ledger(abandoned).open, 0) << "its customer never came back";
  EXPECT_EQ(await(backend.application().order_expiry().run_once()).value_or(-1), 1);
  ada = backend.sign_in(ada.email);
  EXPECT_EQ(status_of(abandoned), "cancelled");
}

// Stripe has forgotten the key, so that the same call would make a second intent.
TEST_F(StripePayments, AreFoundByTheirMetadataWhenTheirKeyIsForgotten) {
  const std::string order = new_order();
  const std::string payment = pay(order, "pm_card_visa").at("/data/payment/id");
  stripe.set_faults([](const StripeRequest&) { return StripeFault::lost_answer; });
  EXPECT_FALSE(process(payment));
  stripe.set_faults({});
  stripe.forget_keys();
  advance(25h);
  ada = backend.sign_in(ada.email);
  settle();
  ada = backend.sign_in(ada.email);
  EXPECT_EQ(status_of(order), "paid");
  EXPECT_EQ(stripe.ledger(order).charged, 1);

  const std::string other = new_order();
  const std::string never = pay(other, "pm_card_visa").at("/data/payment/id");
  stripe.set_faults([](const StripeRequest&) { return StripeFault::refused_connection; });
  EXPECT_FALSE(process(never));
  stripe.set_faults({});
  advance(25h);
  settle();
  ada = backend.sign_in(ada.email);
  EXPECT_EQ(status_of(other), "paid") << "there was no intent, so one was created";
  EXPECT_EQ(stripe.ledger(other).charged, 1);
}

TEST_F(StripePayments, OfNothingNeedNoProvider) {
  const std::string gift =
      backend.as(keeper, Method::post, "/api/products", R"({"name": "Gift", "price": "0.00", "stock": 5})")
          .at("/data/id");
  const auto made =
      backend.as(ada, Method::post, "/api/orders", R"({"items": [{"productId": ")" + gift + R"(", "quantity": 1}]})");
  const std::string order = made.at("/data/id");
  EXPECT_EQ(pay(order).at("/data/order/status"), "paid");
  EXPECT_EQ(post(order, "refund", keeper).status, 202);
  settle();
  EXPECT_EQ(stripe.requests(), 0);
}

TEST_F(StripePayments, AtOnceAreOne) {
  const std::string order = new_order();
  const auto statuses = backend.at_once(8, {.method = Method::post,
                                            .target = "/api/orders/" + order + "/pay",
                                            .headers = {{"Authorization", "Bearer " + ada.token}},
                                            .body = R"({"card": "pm_card_visa"})"});
  EXPECT_EQ(std::ranges::count(statuses, 202), 8);
  settle();
  EXPECT_EQ(stripe.ledger(order).charged, 1);
}

TEST(DevelopmentPayments, SettleByTheCardsName) {
  TestBackend backend;
  const Person keeper = backend.person_with("keeper", {"create:product"});
  const std::string desk =
      backend.as(keeper, Method::post, "/api/products", R"({"name": "Desk", "price": "1.00", "stock": 100})")
          .at("/data/id");
  SystemRandom random;
  const auto reconcile = [&] {
    api::SystemCall call({&backend.clock(), &random, &backend.logger()}, "payments");
    EXPECT_TRUE(async::run_to_end(backend.client().loop(), backend.application().payments().reconcile(call)));
  };
  const Person ada = backend.person("ada");
  const struct {
    std::string card, order;
  } table[] = {{"", "paid"},     {"ok", "paid"},   {"decline", "pending"}, {"lost_answer", "paid"},
               {"late", "paid"}, {"twice", "paid"}};
  for (const auto& [card, status] : table) {
    const std::string path =
        "/api/orders/" +
        backend.as(ada, Method::post, "/api/orders", R"({"items": [{"productId": ")" + desk + R"(", "quantity": 1}]})")
            .at("/data/id");
    const auto begun =
        backend.as(ada, Method::post, path + "/pay", card.empty() ? "{}" : R"({"card": ")" + card + R"("})");
    EXPECT_EQ(begun.status, 202) << card << begun.body;
    for (int i = 0; i < 4; ++i) {
      backend.clock().advance(31s);
      reconcile();
    }
    EXPECT_EQ(backend.as(ada, Method::get, path).at("/data/status"), status) << card;
  }
}

}  // namespace
}  // namespace ashlar::test
