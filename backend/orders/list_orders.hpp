// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/listing.hpp"
#include "backend/orders/order_row.hpp"

namespace ashlar::backend {

struct ListOrders {
  PageNumber page;
  PageLimit limit;
  sql::Sort<OrderRow, &OrderRow::created_at, &OrderRow::updated_at, &OrderRow::total> sort;
};
ASHLAR_DESCRIBE(ListOrders, page, limit, sort)

// One's own; an admin sees everybody's.
Task<Result<web::Page<Order>>> list_orders(web::Context& ctx, ListOrders in, sql::Database& database);

}  // namespace ashlar::backend
