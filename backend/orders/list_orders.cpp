// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/list_orders.hpp"

#include "backend/orders/order_repository.hpp"
#include "backend/users/user.hpp"

namespace ashlar::backend {

bool is_heavy(const ListOrders& in) { return api::is_deep(in.page, in.limit); }

Task<Result<api::Page<Order>>> list_orders(api::UserCall& call, ListOrders in, sql::Database& database) {
  std::optional<Uuid> user;
  if (call.user().role != role_admin) user = call.user().id;
  co_return co_await OrderRepository(database).list(in, user);
}

}  // namespace ashlar::backend
