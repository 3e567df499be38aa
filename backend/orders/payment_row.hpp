// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/table_rules.hpp"
#include "backend/orders/order_row.hpp"

#include <cstdint>
#include <string>

namespace ashlar::backend {

// processing: the outcome is open. cancelling: the order was cancelled; the intent is being cancelled, or refunded if
// that is too late. refunding: the customer was charged and gets it back. docs/design/payments.md draws the states.
enum class PaymentStatus : std::uint8_t { processing, succeeded, failed, cancelling, cancelled, refunding, refunded };
ASHLAR_DESCRIBE_ENUM(PaymentStatus, processing, succeeded, failed, cancelling, cancelled, refunding, refunded)

// An attempt to pay an order, with everything that a call to the provider needs: it is stored before the call, so that
// a repeated call is the same call.
struct PaymentRow {
  Uuid id;
  Uuid order_id;
  std::int64_t attempt = 1;  // of the order, from 1
  PaymentStatus status = PaymentStatus::processing;
  Money amount;
  std::string currency;
  std::string provider;             // payments::Provider::name(); "none" where nothing is charged
  std::string idempotency_key;      // derived from the order and the attempt
  std::string card;                 // the provider's name of a payment method; empty: the customer confirms
  Nullable<std::string> intent_id;  // the provider's; null until it is known
  Nullable<std::string> client_secret;
  Nullable<std::string> failure;    // the provider's reason
  std::int64_t failed_refunds = 0;  // part of the next refund's idempotency key
  Nullable<Timestamp> called_at;    // before the first and the last call that may have created an intent
  Nullable<Timestamp> called_last_at;
  Nullable<Timestamp> check_at;  // when it is looked at next; null: there is nothing left to do
  std::int64_t checks = 0;       // since its status changed
  Timestamp created_at;
  Timestamp updated_at;
};
ASHLAR_DESCRIBE(PaymentRow, id, order_id, attempt, status, amount, currency, provider, idempotency_key, card, intent_id,
                client_secret, failure, failed_refunds, called_at, called_last_at, check_at, checks, created_at,
                updated_at)
ASHLAR_TABLE(PaymentRow, "payments", sql::unique<&PaymentRow::order_id, &PaymentRow::attempt>(),
             sql::references<&PaymentRow::order_id, &OrderRow::id>(sql::OnDelete::cascade), sql::check("amount >= 0"),
             sql::unique<&PaymentRow::intent_id>("payments_intent"),
             sql::index<&PaymentRow::check_at>("payments_check"))

// Stripe's events that were received, so that each has its effect once.
struct StripeEventRow {
  std::string id;
  std::string type;
  Timestamp received_at;
};
ASHLAR_DESCRIBE(StripeEventRow, id, type, received_at)
ASHLAR_TABLE(StripeEventRow, "stripe_events", sql::index<&StripeEventRow::received_at>("stripe_events_received"))

}  // namespace ashlar::backend
