// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/pay_order.hpp"

#include "backend/orders/order_repository.hpp"

namespace ashlar::backend {

namespace {

Task<Result<Order>> pay(api::UnitOfWork& unit, Uuid id, Uuid payment) {
  const bool paid = co_await unwrap(OrderRepository::pay(unit, id, payment));
  Order order = co_await unwrap(
      required(co_await OrderRepository(unit).find(id), errors::order_not_found, "There is no such order."));
  if (!paid) co_return fail(errors::order_not_pending, "Only an order that is pending can be paid.");
  co_return order;
}

}  // namespace

Task<Result<Order>> pay_order(api::UserCall& call, api::ById in, api::Units& units, const OrderPayments& payments) {
  static const auth::Permission pay_any = *auth::Permission::parse("pay:order");
  const std::string id = in.id.to_string();
  const auth::ResourceRef order{.type = "order", .id = id};
  if (payments == OrderPayments::by_admin && !call.allows(pay_any, &order))
    co_return fail(errors::order_payment_admin_only, "Only who holds pay:order can mark an order as paid.");
  co_return co_await units.run(call, &pay, in.id, call.new_id());
}

}  // namespace ashlar::backend
