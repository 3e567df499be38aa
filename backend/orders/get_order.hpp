// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/orders/order.hpp"

namespace ashlar::backend {

Task<Result<Order>> get_order(api::Call& call, api::ById in, sql::Database& database);

}  // namespace ashlar::backend
