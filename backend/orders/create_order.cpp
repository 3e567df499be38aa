// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/create_order.hpp"

#include "ashlar/schema/fault_codes.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/products/products.hpp"
#include "backend/users/account_must_exist.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::backend {

namespace {

Error no_such_product(std::size_t item) {
  return invalid_input("/items/" + std::to_string(item) + "/productId", schema::codes::one_of,
                       "is not the id of a product");
}

// Takes each item from the stock, in the order of the products' ids, so that two orders never wait for each other. Sets
// the items' names and prices, and the total.
Task<Result<Order>> take_items(api::UnitOfWork& unit, Order order) {
  std::vector<std::size_t> turns(order.items.size());
  for (std::size_t i = 0; i < turns.size(); ++i) turns[i] = i;
  std::ranges::sort(turns, {}, [&](std::size_t i) { return std::pair(*order.items[i].product_id, i); });

  std::int64_t total = 0;
  for (const std::size_t turn : turns) {
    OrderItem& item = order.items[turn];
    auto taken = co_await unwrap(OrderRepository::take(unit, *item.product_id, item.quantity));
    if (!taken) co_return std::unexpected(no_such_product(turn));
    item.name = std::move(taken->name);
    item.unit_price = taken->price;
    total += item.quantity * item.unit_price.minor_units();
  }
  order.total = Money::of_minor_units(total);
  co_return order;
}

Task<Result<Order>> place(api::UnitOfWork& unit, Order wanted, Products* products) {
  products->forget_after(unit, products_of(wanted));
  Order order = co_await unwrap(take_items(unit, std::move(wanted)));
  co_await unwrap(OrderRepository::create(unit, order));
  co_return order;
}

}  // namespace

CreateOrder CreateOrder::example() {
  CreateOrder out;
  out.items.push_back({.product_id = Product::example().id, .quantity = Int<1, 1'000>::of(2)});
  return out;
}

Task<Result<api::Created<Order>>> create_order(api::UserCall& call, CreateOrder in, api::Units& units,
                                               Products& products) {
  Order wanted{.id = call.new_id(),
               .user_id = call.user().id,
               .status = OrderStatus::pending,
               .items = {},
               .total = {},
               .currency = std::string(order_currency),
               .created_at = call.now(),
               .updated_at = call.now()};
  for (const OrderedItem& item : in.items) {
    wanted.items.push_back(
        {.product_id = item.product_id, .name = {}, .quantity = item.quantity.value(), .unit_price = {}});
  }
  auto order = account_must_exist(co_await units.run(call, &place, std::move(wanted), &products));
  co_return api::Created<Order>{co_await unwrap(std::move(order))};
}

}  // namespace ashlar::backend
