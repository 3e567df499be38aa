// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/table_rules.hpp"
#include "backend/orders/order.hpp"
#include "backend/users/user_row.hpp"

#include <string>

namespace ashlar::backend {

struct OrderRow {
  Uuid id;
  Nullable<Uuid> user_id;  // null when the account was removed
  OrderStatus status = OrderStatus::pending;
  Money total;
  std::string currency;
  Timestamp created_at;
  Timestamp updated_at;
  Nullable<Uuid> payment_id;  // the payment whose outcome is open, or that paid it
};
ASHLAR_DESCRIBE(OrderRow, id, user_id, status, total, currency, created_at, updated_at, payment_id)
ASHLAR_TABLE(OrderRow, "orders", sql::references<&OrderRow::user_id, &UserRow::id>(sql::OnDelete::set_null),
             sql::check("total >= 0"),
             sql::index<&OrderRow::user_id, &OrderRow::created_at, &OrderRow::id>("orders_user"),
             sql::index<&OrderRow::created_at, &OrderRow::id>("orders_created_at"),
             sql::index<&OrderRow::status, &OrderRow::created_at, &OrderRow::id>("orders_status"),
             sql::index<&OrderRow::updated_at, &OrderRow::id>("orders_updated_at"),
             sql::index<&OrderRow::total, &OrderRow::id>("orders_total"))

struct OrderItemRow {
  Uuid order_id;
  std::int64_t position = 0;
  Nullable<Uuid> product_id;
  std::string name;
  std::int64_t quantity = 0;
  Price unit_price;
};
ASHLAR_DESCRIBE(OrderItemRow, order_id, position, product_id, name, quantity, unit_price)
ASHLAR_TABLE(OrderItemRow, "order_items", sql::primary_key<&OrderItemRow::order_id, &OrderItemRow::position>(),
             sql::without_rowid(), sql::references<&OrderItemRow::order_id, &OrderRow::id>(sql::OnDelete::cascade),
             sql::references<&OrderItemRow::product_id, &Product::id>(sql::OnDelete::set_null),
             sql::check("quantity > 0"), sql::check("unit_price >= 0"),
             sql::index<&OrderItemRow::product_id>("order_items_product"))

// The replies that api::Units stores under idempotency keys.
struct IdempotencyRow {
  Uuid user_id;
  std::string name;
  std::string request;           // its fingerprint
  Nullable<std::string> answer;  // JSON; null while its transaction is open
  Timestamp expires_at;
};
ASHLAR_DESCRIBE(IdempotencyRow, user_id, name, request, answer, expires_at)
ASHLAR_TABLE(IdempotencyRow, "idempotency_keys", sql::primary_key<&IdempotencyRow::user_id, &IdempotencyRow::name>(),
             sql::without_rowid(), sql::references<&IdempotencyRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::index<&IdempotencyRow::expires_at>("idempotency_keys_expires_at"))

}  // namespace ashlar::backend
