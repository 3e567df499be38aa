// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/orders/order.hpp"

namespace ashlar::backend {

class Products;

// Gives the pieces back to the stock; what was paid is refunded.
Task<Result<Order>> cancel_order(api::Call& call, api::ById in, api::Units& units, Products& products);

}  // namespace ashlar::backend
