// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/orders/order_row.hpp"

#include <optional>

namespace ashlar::backend {

// Which orders a list selects, and in which order.
struct ListOrders {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<OrderRow, &OrderRow::created_at, &OrderRow::updated_at, &OrderRow::total> sort;
  std::optional<api::PageCursor> cursor;
};
ASHLAR_DESCRIBE(ListOrders, page, limit, sort, cursor)

}  // namespace ashlar::backend
