// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/get_order.hpp"

#include "backend/orders/order_repository.hpp"

namespace ashlar::backend {

Task<Result<Order>> get_order(api::Call&, api::ById in, sql::Database& database) {
  co_return required(co_await OrderRepository(database).find(in.id), errors::order_not_found,
                     "There is no such order.");
}

}  // namespace ashlar::backend
