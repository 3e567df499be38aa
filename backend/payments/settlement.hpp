// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/payments/provider.hpp"
#include "backend/orders/order.hpp"
#include "backend/orders/payment_row.hpp"

#include <cstdint>

namespace ashlar::backend {

// What a report of the provider about an intent changes. A pure decision: reports come late, repeatedly and in any
// order, and every combination has a row in settlement_test.cpp.
struct Settlement {
  PaymentStatus payment;
  OrderStatus order;
  // Whether orders.payment_id names the payment afterwards.
  enum class Link : std::uint8_t { kept, made, removed } link = Link::kept;
  // When the payment is looked at next.
  enum class Next : std::uint8_t { never, soon, later } next = Next::never;

  friend bool operator==(const Settlement&, const Settlement&) = default;
};

struct SettlementCase {
  OrderStatus order;
  enum class Current : std::uint8_t { none, this_one, another } current;  // what orders.payment_id names
  PaymentStatus payment;
  payments::IntentStatus intent;
  enum class Amount : std::uint8_t { equal, different } amount = Amount::equal;  // the intent's, and the payment's
};

// The invariant: of all intents of an order at most one stays charged, and it does so only while the order is paid.
// Every other charge is refunded, and every other intent is cancelled.
[[nodiscard]] Settlement settle(const SettlementCase& at);

}  // namespace ashlar::backend
