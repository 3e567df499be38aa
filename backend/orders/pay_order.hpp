// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/orders/order.hpp"

namespace ashlar::backend {

struct PayOrder {
  Uuid id;
};
ASHLAR_DESCRIBE(PayOrder, id)

// Notes that the order was paid; the money itself is moved elsewhere.
Task<Result<Order>> pay_order(web::Context& ctx, PayOrder in, sql::Database& database);

}  // namespace ashlar::backend
