// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/table.hpp"
#include "backend/orders/order.hpp"

#include <string>

namespace ashlar::backend {

struct OrderRow {
  Uuid id;
  Uuid user_id;
  OrderStatus status = OrderStatus::pending;
  Money total;
  std::string currency;
  Timestamp created_at;
  Timestamp updated_at;
};
ASHLAR_DESCRIBE(OrderRow, id, user_id, status, total, currency, created_at, updated_at)
ASHLAR_TABLE(OrderRow, "orders")

struct OrderItemRow {
  Uuid order_id;
  std::int64_t position = 0;
  Nullable<Uuid> product_id;
  std::string name;
  std::int64_t quantity = 0;
  Price unit_price;
};
ASHLAR_DESCRIBE(OrderItemRow, order_id, position, product_id, name, quantity, unit_price)
ASHLAR_TABLE(OrderItemRow, "order_items")

enum class PaymentStatus : std::uint8_t { taken, refunded };
ASHLAR_DESCRIBE_ENUM(PaymentStatus, taken, refunded)

struct PaymentRow {
  Uuid id;
  Uuid order_id;
  PaymentStatus status = PaymentStatus::taken;
  Money amount;
  std::string currency;
  Timestamp created_at;
  Timestamp updated_at;
};
ASHLAR_DESCRIBE(PaymentRow, id, order_id, status, amount, currency, created_at, updated_at)
ASHLAR_TABLE(PaymentRow, "payments")

struct IdempotencyRow {
  Uuid user_id;
  std::string name;
  std::string request;     // what was asked, as JSON
  Nullable<Order> answer;  // null while its transaction is open
  Timestamp expires_at;
};
ASHLAR_DESCRIBE(IdempotencyRow, user_id, name, request, answer, expires_at)
ASHLAR_TABLE(IdempotencyRow, "idempotency_keys")

}  // namespace ashlar::backend
