// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/create_order.hpp"

#include "ashlar/auth/token.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/sql/transaction.hpp"
#include "backend/orders/idempotency_repository.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/products/products.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::backend {

namespace {

struct Wanted {
  Order order;  // without its items' names and prices, and its total
  std::string key;
  std::string request;
};

Error no_such_product(std::size_t item) {
  return {ashlar::errors::invalid_input,
          "The input has a fault.",
          {{.path = "/items/" + std::to_string(item) + "/productId",
            .code = std::string(schema::codes::one_of),
            .message = "is not the id of a product"}}};
}

// Takes each item from the stock. In the order of the products' ids, so that two orders never wait for each other.
Task<Result<Order>> take_items(sql::Transaction& transaction, Order order) {
  std::vector<std::size_t> turns(order.items.size());
  for (std::size_t i = 0; i < turns.size(); ++i) turns[i] = i;
  std::ranges::sort(turns, {}, [&](std::size_t i) { return std::pair(*order.items[i].product_id, i); });

  OrderRepository orders(transaction);
  std::int64_t total = 0;
  for (const std::size_t turn : turns) {
    OrderItem& item = order.items[turn];
    auto taken = co_await orders.take(*item.product_id, item.quantity);
    if (!taken) co_return std::unexpected(std::move(taken.error()));
    if (!*taken) co_return std::unexpected(no_such_product(turn));
    item.name = std::move((*taken)->name);
    item.unit_price = (*taken)->price;
    total += item.quantity * item.unit_price.minor_units();
  }
  order.total = Money::of_minor_units(total);
  co_return order;
}

Task<Result<Order>> place(sql::Transaction& transaction, Wanted wanted) {
  IdempotencyRepository keys(transaction);
  const Uuid user = wanted.order.user_id;
  if (!wanted.key.empty()) {
    auto earlier = co_await keys.claim({.user_id = user,
                                        .name = wanted.key,
                                        .request = wanted.request,
                                        .answer = {},
                                        .expires_at = wanted.order.created_at + idempotency_key_lifetime},
                                       wanted.order.created_at);
    if (!earlier) co_return std::unexpected(std::move(earlier.error()));
    if (*earlier) co_return std::move(**earlier);
  }
  auto order = co_await take_items(transaction, std::move(wanted.order));
  if (!order) co_return order;
  if (auto created = co_await OrderRepository(transaction).create(*order); !created)
    co_return std::unexpected(std::move(created.error()));
  if (!wanted.key.empty()) {
    if (auto kept = co_await keys.keep(user, wanted.key, *order); !kept)
      co_return std::unexpected(std::move(kept.error()));
  }
  co_return order;
}

}  // namespace

CreateOrder CreateOrder::example() {
  CreateOrder out;
  out.items.push_back({.product_id = Product::example().id, .quantity = Int<1, 1'000>::of(2)});
  return out;
}

Task<Result<web::Created<Order>>> create_order(web::Context& ctx, CreateOrder in, sql::Database& database,
                                               Products& products) {
  Wanted wanted{.order = {.id = ctx.new_id(),
                          .user_id = ctx.user().id,
                          .status = OrderStatus::pending,
                          .items = {},
                          .total = {},
                          .currency = std::string(order_currency),
                          .created_at = ctx.now(),
                          .updated_at = ctx.now()},
                .key = std::string(ctx.idempotency_key()),
                .request = {}};
  for (const OrderedItem& item : in.items) {
    wanted.order.items.push_back(
        {.product_id = item.product_id, .name = {}, .quantity = item.quantity.value(), .unit_price = {}});
  }
  if (!wanted.key.empty()) schema::write_json(in, wanted.request);
  std::vector<Uuid> ids;
  for (const OrderedItem& item : in.items) ids.push_back(item.product_id);
  auto order = co_await products.changing(std::move(ids),
                                          sql::in_transaction(order_transaction, database, &place, std::move(wanted)));
  if (!order && order.error().code() == sql::errors::foreign_key)
    co_return fail(auth::errors::token_revoked, "This account does not exist any more.");
  if (!order) co_return std::unexpected(std::move(order.error()));
  co_return web::Created<Order>{std::move(*order)};
}

}  // namespace ashlar::backend
