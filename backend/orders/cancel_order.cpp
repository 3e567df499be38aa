// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/cancel_order.hpp"

#include "ashlar/sql/transaction.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/products/products.hpp"

namespace ashlar::backend {

namespace {

Task<Result<Order>> cancel(sql::Transaction& transaction, Uuid id, Timestamp now) {
  OrderRepository orders(transaction);
  auto ended = co_await orders.end(id, now);
  if (!ended) co_return std::unexpected(std::move(ended.error()));
  if (!*ended) co_return fail(errors::order_not_cancellable, "This order was cancelled before.");
  auto order = co_await orders.find(id);
  if (!order) co_return std::unexpected(std::move(order.error()));
  if (!*order) co_return fail(errors::order_not_found, "There is no such order.");
  auto returned = co_await orders.give_back((*order)->items);
  if (!returned) co_return std::unexpected(std::move(returned.error()));
  co_return std::move(**order);
}

}  // namespace

Task<Result<Order>> cancel_order(web::Context& ctx, CancelOrder in, sql::Database& database, Products& products) {
  const auto order = co_await OrderRepository(database).find(in.id);
  if (!order) co_return std::unexpected(order.error());
  if (!*order) co_return fail(errors::order_not_found, "There is no such order.");
  std::vector<Uuid> ids;  // whose stock it goes back to
  for (const OrderItem& item : (*order)->items)
    if (item.product_id) ids.push_back(*item.product_id);
  co_return co_await products.changing(std::move(ids),
                                       sql::in_transaction(order_transaction, database, &cancel, in.id, ctx.now()));
}

}  // namespace ashlar::backend
