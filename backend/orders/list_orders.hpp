// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/orders/order_row.hpp"

#include <optional>

namespace ashlar::backend {

struct ListOrders {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<OrderRow, &OrderRow::created_at, &OrderRow::updated_at, &OrderRow::total> sort;
  std::optional<api::PageCursor> cursor;
};
ASHLAR_DESCRIBE(ListOrders, page, limit, sort, cursor)
[[nodiscard]] bool is_heavy(const ListOrders& in);  // see web::RouteBuilder::heavy

// One's own; an admin sees everybody's.
Task<Result<api::Page<Order>>> list_orders(api::UserCall& call, ListOrders in, sql::Database& database,
                                           const sql::Cursors& cursors);

}  // namespace ashlar::backend
