// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/rules.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"
#include "backend/products/product.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode order_not_found{ErrorKind::not_found, "order.not_found"};
inline constexpr ErrorCode order_out_of_stock{ErrorKind::conflict, "order.out_of_stock"};
inline constexpr ErrorCode order_not_pending{ErrorKind::conflict, "order.not_pending"};  // paid, cancelled or refunded
inline constexpr ErrorCode order_not_cancellable{ErrorKind::conflict, "order.not_cancellable"};  // ended before
}  // namespace errors

inline constexpr std::string_view order_currency = "EUR";

enum class OrderStatus : std::uint8_t { pending, paid, cancelled, refunded };
ASHLAR_DESCRIBE_ENUM(OrderStatus, pending, paid, cancelled, refunded)

struct OrderItem {
  Nullable<Uuid> product_id;  // null when the product was removed
  std::string name;           // the name and the price are those of the time of the order
  std::int64_t quantity = 0;
  Price unit_price;
};
ASHLAR_DESCRIBE(OrderItem, product_id, name, quantity, unit_price)

// What the API shows of an order.
struct Order {
  Uuid id;
  Nullable<Uuid> user_id;  // null when the account was removed
  OrderStatus status = OrderStatus::pending;
  std::vector<OrderItem> items;
  Money total;
  std::string currency;
  Timestamp created_at;
  Timestamp updated_at;

  static Order example();
};
// The products whose stock the order holds; of several orders, each once.
[[nodiscard]] std::vector<Uuid> products_of(const Order& order);
[[nodiscard]] std::vector<Uuid> products_of(const std::vector<Order>& orders);
ASHLAR_DESCRIBE(Order, id, user_id, status, items, total, currency, created_at, updated_at)
ASHLAR_AUDIT(Order, "order", audit::id<&Order::id>(), audit::left_out<&Order::created_at, &Order::updated_at>())

}  // namespace ashlar::backend
