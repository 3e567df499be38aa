// SPDX-License-Identifier: Apache-2.0
#include "ashlar/payments/stripe_event.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::payments {
namespace {

TEST(StripeEvents, RefuseWhatTheyCannotRead) {
  for (const char* body :
       {"", "{", "[]", "null", R"({"id":"evt_1"})", R"({"id":7,"type":"x"})", R"({"id":"","type":"x"})",
        R"({"id":"evt_1","type":"payment_intent.succeeded"})",
        R"({"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1"}}})",
        R"({"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","status":"succeeded",)"
        R"("amount":-1,"currency":"eur"}}})",
        R"({"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","status":"succeeded",)"
        R"("amount":1e99,"currency":"eur"}}})"}) {
    const auto event = read_stripe_event(body);
    ASSERT_FALSE(event) << body;
    EXPECT_EQ(event.error().code(), errors::malformed_event);
  }
}

TEST(StripeEvents, ReadIntentsAndSkipTheRest) {
  const auto other =
      read_stripe_event(R"({"id":"evt_1","type":"customer.created","data":{"object":[1,2,{"a":null}]}})");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->id, "evt_1");
  EXPECT_FALSE(other->intent);

  const struct {
    std::string members;
    IntentStatus status;
  } table[] = {
      {R"("status":"requires_payment_method","last_payment_error":null)", IntentStatus::awaiting_customer},
      {R"("status":"requires_payment_method","last_payment_error":{"code":"card_declined"})", IntentStatus::failed},
      {R"("status":"requires_action")", IntentStatus::awaiting_customer},
      {R"("status":"processing")", IntentStatus::processing},
      {R"("status":"succeeded","last_payment_error":{"code":"card_declined"})", IntentStatus::succeeded},
      {R"("status":"canceled")", IntentStatus::cancelled},
      {R"("status":"a status of next year")", IntentStatus::processing},
  };
  for (const auto& [members, status] : table) {
    const auto event = read_stripe_event(
        R"({"id":"evt_2","type":"payment_intent.x","data":{"object":{"id":"pi_1","amount":1250,"currency":"eur",)"
        R"("metadata":{"payment_id":"no UUID","another":"one"},)" +
        members + "}}}");
    ASSERT_TRUE(event && event->intent) << members;
    EXPECT_EQ(event->intent->status, status) << members;
    EXPECT_EQ(event->intent->payment, Uuid());
  }
}

}  // namespace
}  // namespace ashlar::payments
