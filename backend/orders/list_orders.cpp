// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/list_orders.hpp"

#include "backend/orders/order_repository.hpp"
#include "backend/users/user.hpp"

namespace ashlar::backend {

bool is_heavy(const ListOrders& in) { return api::is_deep(in.page, in.limit); }

Task<Result<api::Page<Order>>> list_orders(api::UserCall& call, ListOrders in, sql::Database& database,
                                           const sql::Cursors& cursors) {
  std::optional<Uuid> user;
  if (call.user().role != role_admin) user = call.user().id;
  OrderRepository orders(database);
  if (in.cursor) co_return co_await orders.list_from(std::move(in), user, cursors);
  co_return co_await orders.list(std::move(in), user);
}

}  // namespace ashlar::backend
