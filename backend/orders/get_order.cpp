// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/get_order.hpp"

#include "backend/orders/order_repository.hpp"

namespace ashlar::backend {

Task<Result<Order>> get_order(web::Context&, GetOrder in, sql::Database& database) {
  auto order = co_await OrderRepository(database).find(in.id);
  if (!order) co_return std::unexpected(std::move(order.error()));
  if (!*order) co_return fail(errors::order_not_found, "There is no such order.");
  co_return std::move(**order);
}

}  // namespace ashlar::backend
