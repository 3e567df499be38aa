// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/orders/order_list.hpp"

namespace ashlar::backend {

[[nodiscard]] bool is_heavy(const ListOrders& in);  // see web::RouteBuilder::heavy

// One's own, and those that one may read by `read:order`: all of them, or single ones by a grant.
Task<Result<api::Page<Order>>> list_orders(api::UserCall& call, ListOrders in, sql::Database& database,
                                           const sql::Cursors& cursors);

}  // namespace ashlar::backend
