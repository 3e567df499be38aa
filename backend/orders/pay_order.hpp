// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/orders/order.hpp"

namespace ashlar::backend {

// Notes that the order was paid; the money itself is moved elsewhere.
Task<Result<Order>> pay_order(api::Call& call, api::ById in, api::Units& units);

}  // namespace ashlar::backend
