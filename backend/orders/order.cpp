// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/order.hpp"

#include <algorithm>

namespace ashlar::backend {

Order Order::example() {
  const Product product = Product::example();
  return {.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a90").value_or(Uuid{}),
          .user_id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a10").value_or(Uuid{}),
          .status = OrderStatus::pending,
          .items = {{.product_id = product.id, .name = product.name, .quantity = 2, .unit_price = product.price}},
          .total = Money::of_minor_units(2 * product.price.minor_units()),
          .currency = std::string(order_currency),
          .created_at = product.created_at,
          .updated_at = product.created_at};
}

std::vector<Uuid> products_of(const Order& order) {
  std::vector<Uuid> ids;
  for (const OrderItem& item : order.items) {
    if (item.product_id) ids.push_back(*item.product_id);
  }
  return ids;
}

std::vector<Uuid> products_of(const std::vector<Order>& orders) {
  std::vector<Uuid> ids;
  for (const Order& order : orders) {
    for (const Uuid& id : products_of(order)) ids.push_back(id);
  }
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  return ids;
}

}  // namespace ashlar::backend
