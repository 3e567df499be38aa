// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/customer_of.hpp"

#include "backend/orders/order_repository.hpp"

namespace ashlar::backend {

Task<Result<Uuid>> customer_of(api::Call&, Uuid id, sql::Database& database) {
  const OrderOwner owner = co_await unwrap(
      required(co_await OrderRepository(database).find_owner(id), errors::order_not_found, "There is no such order."));
  co_return owner.user_id ? *owner.user_id : Uuid{};
}

}  // namespace ashlar::backend
