// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/orders/order.hpp"

namespace ashlar::backend {

struct GetOrder {
  Uuid id;
};
ASHLAR_DESCRIBE(GetOrder, id)

Task<Result<Order>> get_order(web::Context& ctx, GetOrder in, sql::Database& database);

}  // namespace ashlar::backend
