// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/orders/order.hpp"

#include <cstdint>

namespace ashlar::backend {

// Who may mark an order as paid.
enum class OrderPayments : std::uint8_t {
  by_owner,  // and by who holds pay:order: for development, where no money moves
  by_admin,  // by who holds pay:order
};

// Records that the order was paid. No money is moved here. Errors: order.payment_admin_only, order.not_pending,
// order.not_found.
Task<Result<Order>> pay_order(api::UserCall& call, api::ById in, api::Units& units, const OrderPayments& payments);

}  // namespace ashlar::backend
