// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/customer_of.hpp"

#include "backend/orders/order_repository.hpp"

namespace ashlar::backend {

Task<Result<Uuid>> customer_of(web::Context&, Uuid id, sql::Database& database) {
  auto user = co_await OrderRepository(database).find_user(id);
  if (!user) co_return std::unexpected(std::move(user.error()));
  if (!*user) co_return fail(errors::order_not_found, "There is no such order.");
  co_return **user;
}

}  // namespace ashlar::backend
