// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/cancel_order.hpp"

#include "backend/orders/order_repository.hpp"
#include "backend/products/products.hpp"

namespace ashlar::backend {

namespace {

Task<Result<Order>> cancel(api::UnitOfWork& unit, Uuid id, Products* products) {
  const bool ended = co_await unwrap(OrderRepository::end(unit, id));
  Order order = co_await unwrap(
      required(co_await OrderRepository(unit).find(id), errors::order_not_found, "There is no such order."));
  if (!ended) co_return fail(errors::order_not_cancellable, "This order was cancelled before.");
  co_await unwrap(OrderRepository::give_back(unit, order.items));
  products->forget_after(unit, products_of(order));
  co_return order;
}

}  // namespace

Task<Result<Order>> cancel_order(api::Call& call, api::ById in, api::Units& units, Products& products) {
  return units.run(call, &cancel, in.id, &products);
}

}  // namespace ashlar::backend
