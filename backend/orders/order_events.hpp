// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/event.hpp"
#include "backend/orders/order.hpp"

namespace ashlar::backend {

// Their key is the order's id, their data is the order after the change.
inline constexpr events::EventType<Order> order_created{"order.created"};
inline constexpr events::EventType<Order> order_paid{"order.paid"};
inline constexpr events::EventType<Order> order_cancelled{"order.cancelled"};
inline constexpr events::EventType<Order> order_refunded{"order.refunded"};

}  // namespace ashlar::backend
