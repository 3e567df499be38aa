// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/refund_order.hpp"

#include "backend/orders/order_repository.hpp"
#include "backend/payments/payment_repository.hpp"
#include "backend/products/products.hpp"

#include <utility>

namespace ashlar::backend {

namespace {

Task<Result<OrderPayment>> refund(api::UnitOfWork& unit, Uuid id, Payments* payments, Products* products) {
  const auto row = co_await unwrap(OrderRepository::lock(unit, id));
  if (!row) co_return fail(errors::order_not_found, "There is no such order.");
  if (row->status != OrderStatus::paid || !row->payment_id)
    co_return fail(errors::order_not_refundable, "Only an order that is paid can be refunded.");
  co_await unwrap(OrderRepository::end(unit, id));
  auto order = co_await unwrap(OrderRepository(unit).find(id));
  const auto payment = co_await unwrap(PaymentRepository(unit).find(*row->payment_id));
  if (!order || !payment) co_return fail(errors::order_not_found, "There is no such order.");
  co_await unwrap(OrderRepository::give_back(unit, order->items));
  products->forget_after(unit, products_of(*order));
  payments->process_after(unit, payment->id, std::chrono::milliseconds(0));
  co_return OrderPayment{.order = std::move(*order), .payment = payment_of(*payment)};
}

}  // namespace

Task<Result<api::Accepted<OrderPayment>>> refund_order(api::UserCall& call, api::ById in, api::Units& units,
                                                       Payments& payments, Products& products) {
  co_return api::Accepted{co_await unwrap(units.run(call, &refund, in.id, &payments, &products))};
}

}  // namespace ashlar::backend
