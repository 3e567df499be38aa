// SPDX-License-Identifier: Apache-2.0
// What else each way of a payment leaves: events, audit entries, mails and notifications.
#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/events/outbox.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using testing::ElementsAre;
using namespace std::chrono_literals;

// Of one order in a backend of its own, whose payments the provider for development settles.
class PaymentEffects : public testing::Test {
 protected:
  PaymentEffects() {
    const std::string desk =
        backend.as(admin, Method::post, "/api/products", R"({"name": "Desk", "price": "12.50", "stock": 9})")
            .at("/data/id");
    order =
        backend.as(ada, Method::post, "/api/orders", R"({"items": [{"productId": ")" + desk + R"(", "quantity": 2}]})")
            .at("/data/id");
    run_consumer();
    mails_before = backend.mails_to(ada.email).size();
  }

  template <class T>
  T await(Task<T> task) {
    return async::run_to_end(backend.client().loop(), std::move(task));
  }
  // Begins a payment, and has the provider called.
  void pay(const std::string& card) {
    const auto begun = backend.as(ada, Method::post, "/api/orders/" + order + "/pay", R"({"card": ")" + card + R"("})");
    ASSERT_EQ(begun.status, 202) << begun.body;
    api::SystemCall call({&backend.clock(), &random, &backend.logger()}, "payments");
    (void)await(backend.application().payments().advance(call, Uuid::parse(begun.at("/data/payment/id")).value()));
  }
  void act(const Person& who, const std::string& action) {
    const auto reply = backend.as(who, Method::post, "/api/orders/" + order + "/" + action);
    ASSERT_LT(reply.status, 300) << reply.body;
  }
  // Lets the reconciliation find what is due, more often than is needed: nothing happens twice.
  void settle() {
    for (int i = 0; i < 6; ++i) {
      backend.clock().advance(61s);
      api::SystemCall call({&backend.clock(), &random, &backend.logger()}, "payments");
      EXPECT_TRUE(await(backend.application().payments().reconcile(call)));
    }
    run_consumer();
  }
  void run_consumer() {
    for (const auto& consumer : backend.application().events().consumers()) {
      if (consumer->name() != "order-notices") continue;
      while (true) {
        const auto handled = await(consumer->run_once());
        ASSERT_TRUE(handled) << handled.error().cause();
        if (!*handled || **handled == 0) break;
      }
    }
  }
  std::vector<std::string> events() {
    std::vector<std::string> out;
    const auto found = await(backend.application().events().outbox().list_after(0, 1'000));
    EXPECT_TRUE(found) << found.error().cause();
    for (const events::Event& event : *found)
      if (event.key == order) out.push_back(event.type);
    return out;
  }
  // "action resource", without the order's creation.
  std::vector<std::string> entries() {
    std::vector<std::string> out;
    const auto read = backend.database().query_blocking(
        {.sql = "select action, resource from audit_entries where resource in ('order', 'payment') order by seq",
         .on_row = [&out](const sql::Row& row) {
           out.push_back(std::string(row.text(0)) + " " + std::string(row.text(1)));
         }});
    EXPECT_TRUE(read) << read.error().cause();
    out.erase(out.begin());
    return out;
  }
  // The subjects of the mails to the customer since the order's confirmation, the newest first.
  std::vector<std::string> mails() {
    std::vector<std::string> out;
    const auto all = backend.mails_to(ada.email);
    for (std::size_t i = 0; i + mails_before < all.size(); ++i) out.push_back(all[i].subject.str());
    return out;
  }
  std::vector<std::string> notifications() {
    ada = backend.sign_in(ada.email);
    std::vector<std::string> out;
    const auto list = backend.as(ada, Method::get, "/api/notifications?sort=createdAt");
    for (int i = 0; list.has("/data/" + std::to_string(i)); ++i) {
      const std::string at = "/data/" + std::to_string(i);
      if (list.at(at + "/resourceId") == order) out.push_back(list.at(at + "/kind"));
    }
    return out;
  }

  SystemRandom random;
  TestBackend backend;
  Person admin = backend.admin();
  Person ada = backend.person("ada");
  std::string order;
  std::size_t mails_before = 0;
};

TEST_F(PaymentEffects, OfOneThatSucceeds) {
  pay("ok");
  settle();
  EXPECT_THAT(events(), ElementsAre("order.created", "order.paid"));
  EXPECT_THAT(entries(), ElementsAre("create payment", "succeed payment", "pay order"));
  EXPECT_THAT(notifications(), ElementsAre("order.paid"));
  EXPECT_THAT(mails(), ElementsAre());
}

TEST_F(PaymentEffects, OfOneThatIsReportedTwiceAreThoseOfOne) {
  pay("twice");
  settle();
  EXPECT_THAT(events(), ElementsAre("order.created", "order.paid"));
  EXPECT_THAT(entries(), ElementsAre("create payment", "succeed payment", "pay order"));
}

TEST_F(PaymentEffects, OfOneThatFails) {
  pay("decline");
  settle();
  EXPECT_THAT(events(), ElementsAre("order.created")) << "the order stays as it is";
  EXPECT_THAT(entries(), ElementsAre("create payment", "fail payment"));
  EXPECT_THAT(notifications(), ElementsAre("payment.failed"));
  EXPECT_THAT(mails(), ElementsAre("The payment for your order failed"));
  const auto mail = backend.mails_to(ada.email).front();
  EXPECT_THAT(mail.text.str(), testing::HasSubstr("25.00 EUR"));
  EXPECT_THAT(mail.text.str(), testing::HasSubstr(order));
}

TEST_F(PaymentEffects, OfOneThatIsRefunded) {
  pay("ok");
  settle();
  admin = backend.sign_in(admin.email);
  act(admin, "refund");
  settle();
  EXPECT_THAT(events(), ElementsAre("order.created", "order.paid", "order.refunded"));
  EXPECT_THAT(entries(), ElementsAre("create payment", "succeed payment", "pay order", "begin_refund payment",
                                     "refund order", "refund payment"));
  EXPECT_THAT(notifications(), ElementsAre("order.paid", "order.refunded"));
  EXPECT_THAT(mails(), ElementsAre("Your order was refunded"));
}

TEST_F(PaymentEffects, OfOneWhoseOrderIsCancelled) {
  const auto begun = backend.as(ada, Method::post, "/api/orders/" + order + "/pay", "{}");
  ASSERT_EQ(begun.status, 202) << begun.body;
  act(ada, "cancel");
  settle();
  EXPECT_THAT(events(), ElementsAre("order.created", "order.cancelled"));
  EXPECT_THAT(entries(), ElementsAre("create payment", "begin_cancel payment", "cancel order", "cancel payment"));
  EXPECT_THAT(notifications(), ElementsAre("order.cancelled"));
  EXPECT_THAT(mails(), ElementsAre());
}

TEST_F(PaymentEffects, OfOneThatSucceedsAfterItsOrderWasCancelled) {
  pay("late");
  act(ada, "cancel");
  settle();
  EXPECT_THAT(events(), ElementsAre("order.created", "order.cancelled", "order.refunded"));
  EXPECT_THAT(entries(), ElementsAre("create payment", "begin_cancel payment", "cancel order", "begin_refund payment",
                                     "refund order", "refund payment"));
  EXPECT_THAT(notifications(), testing::UnorderedElementsAre("order.cancelled", "order.refunded"));
  EXPECT_THAT(mails(), ElementsAre("Your order was refunded"));
}

}  // namespace
}  // namespace ashlar::test
