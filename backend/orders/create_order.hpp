// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/orders/order.hpp"

namespace ashlar::backend {

class Products;

struct OrderedItem {
  Uuid product_id;
  Int<1, 1'000> quantity;
};
ASHLAR_DESCRIBE(OrderedItem, product_id, quantity)

struct CreateOrder {
  Array<OrderedItem, 1, 100> items;

  static CreateOrder example();
};
ASHLAR_DESCRIBE(CreateOrder, items)

// The order and what it takes from the stock are one unit of work: all of it or nothing. Under an Idempotency-Key it
// happens once; see api/units.hpp.
Task<Result<api::Created<Order>>> create_order(api::UserCall& call, CreateOrder in, api::Units& units,
                                               Products& products);

}  // namespace ashlar::backend
