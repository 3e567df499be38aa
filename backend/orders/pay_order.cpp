// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/pay_order.hpp"

#include "ashlar/sql/transaction.hpp"
#include "backend/orders/order_repository.hpp"

namespace ashlar::backend {

namespace {

Task<Result<Order>> pay(sql::Transaction& transaction, Uuid id, Uuid payment, Timestamp now) {
  OrderRepository orders(transaction);
  auto paid = co_await orders.pay(id, payment, now);
  if (!paid) co_return std::unexpected(std::move(paid.error()));
  if (!*paid) co_return fail(errors::order_not_pending, "Only an order that is pending can be paid.");
  auto order = co_await orders.find(id);
  if (!order) co_return std::unexpected(std::move(order.error()));
  if (!*order) co_return fail(errors::order_not_found, "There is no such order.");
  co_return std::move(**order);
}

}  // namespace

Task<Result<Order>> pay_order(web::Context& ctx, PayOrder in, sql::Database& database) {
  co_return co_await sql::in_transaction(order_transaction, database, &pay, in.id, ctx.new_id(), ctx.now());
}

}  // namespace ashlar::backend
