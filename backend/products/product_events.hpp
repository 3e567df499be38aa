// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/event.hpp"
#include "backend/products/product.hpp"

namespace ashlar::backend {

// Their key is the product's id. An order changes the stock without an event of the product: order.created says so.
inline constexpr events::EventType<Product> product_created{"product.created"};
inline constexpr events::EventType<Product> product_updated{"product.updated"};  // its data are those after the change
inline constexpr events::EventType<events::Removed> product_deleted{"product.deleted"};

}  // namespace ashlar::backend
