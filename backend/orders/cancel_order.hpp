// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/orders/order.hpp"

namespace ashlar::backend {

class Products;

struct CancelOrder {
  Uuid id;
};
ASHLAR_DESCRIBE(CancelOrder, id)

// Gives the pieces back to the stock; what was paid is refunded.
Task<Result<Order>> cancel_order(web::Context& ctx, CancelOrder in, sql::Database& database, Products& products);

}  // namespace ashlar::backend
