// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/routes.hpp"

#include "backend/orders/cancel_order.hpp"
#include "backend/orders/create_order.hpp"
#include "backend/orders/customer_of.hpp"
#include "backend/orders/get_order.hpp"
#include "backend/orders/list_orders.hpp"

namespace ashlar::backend {

// clang-format off
void mount_orders(web::Routes& routes, api::Units& units, Products& products, const sql::Cursors& cursors) {
  sql::Database& database = units.database();
  routes.get("/api/orders", list_orders, database, cursors).signed_in().api_key("read:order").heavy(is_heavy)
      .tool().name("listOrders").tag("Orders").summary("My orders, and those that I may read").fails_with(sql::errors::invalid_cursor);
  routes.get("/api/orders/{id}", get_order, database).owner_or("read:order", customer_of, database)
      .tool().name("getOrder").tag("Orders").summary("One order of mine").fails_with(errors::order_not_found);
  routes.post("/api/orders", create_order, units, products).signed_in().api_key("create:order").idempotency_key()
      .tool().name("createOrder").tag("Orders").summary("Place an order; once per Idempotency-Key").fails_with(errors::order_out_of_stock, api::errors::idempotency_mismatch);
  routes.post("/api/orders/{id}/cancel", cancel_order, units, products).owner_or("cancel:order", customer_of, database)
      .tool().name("cancelOrder").tag("Orders").summary("Cancel an order of mine").fails_with(errors::order_not_found, errors::order_not_cancellable);
}
// clang-format on

}  // namespace ashlar::backend
