// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/orders/order.hpp"

#include <chrono>

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

inline constexpr std::chrono::hours idempotency_key_lifetime{24};

// The order and what it takes from the stock are one transaction: all of it or nothing. With an Idempotency-Key the
// answer is kept in the same transaction, for 24 hours: the same request again, at the same time or later, gets the
// same answer, and another one under that key `idempotency.mismatch`. A key belongs to its account; a request that was
// refused leaves none.
Task<Result<web::Created<Order>>> create_order(web::Context& ctx, CreateOrder in, sql::Database& database,
                                               Products& products);

}  // namespace ashlar::backend
