// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/pay_order.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/payments/payment_repository.hpp"

#include <string>
#include <utility>

namespace ashlar::backend {

namespace {

constexpr std::chrono::milliseconds poll_interval{20};

Task<Result<OrderPayment>> read_payment(sql::Executor& in, Uuid order, Uuid payment) {
  auto row = co_await unwrap(PaymentRepository(in).find(payment));
  auto found = co_await unwrap(OrderRepository(in).find(order));
  if (!row || !found) co_return fail(errors::order_not_found, "There is no such order.");
  co_return OrderPayment{.order = std::move(*found), .payment = payment_of(*row)};
}

// What does not change while the unit is tried again.
struct NewPayment {
  Uuid id;
  std::string provider;
  std::string card;
};

Task<Result<>> insert_payment(api::UnitOfWork& unit, OrderRow order, NewPayment wanted, Payments* payments) {
  const Timestamp now = unit.call().now();
  const bool free = order.total.minor_units() == 0;
  const std::int64_t attempt = 1 + co_await unwrap(PaymentRepository(unit).attempts(order.id));
  PaymentRow row{.id = wanted.id,
                 .order_id = order.id,
                 .attempt = attempt,
                 .status = free ? PaymentStatus::succeeded : PaymentStatus::processing,
                 .amount = order.total,
                 .currency = order.currency,
                 .provider = free ? "none" : std::move(wanted.provider),
                 .idempotency_key = "order-" + order.id.to_string() + "-" + std::to_string(attempt),
                 .card = std::move(wanted.card),
                 .intent_id = {},
                 .client_secret = {},
                 .failure = {},
                 .failed_refunds = 0,
                 .called_at = {},
                 .called_last_at = {},
                 .check_at = {},
                 .checks = 0,
                 .created_at = now,
                 .updated_at = now};
  if (!free) row.check_at = now + payments->times().first_check;
  const auto status = free ? OrderStatus::paid : OrderStatus::pending;
  co_await unwrap(PaymentRepository::insert(unit, std::move(row)));
  if (!free) payments->process_after(unit, wanted.id, std::chrono::milliseconds(0));
  co_return co_await OrderRepository::write(unit, std::move(order), status, wanted.id);
}

Task<Result<OrderPayment>> begin_payment(api::UnitOfWork& unit, Uuid id, NewPayment wanted, Payments* payments) {
  auto order = co_await unwrap(OrderRepository::lock(unit, id));
  if (!order) co_return fail(errors::order_not_found, "There is no such order.");
  if (order->status != OrderStatus::pending)
    co_return fail(errors::order_not_pending, "Only an order that is pending can be paid.");
  const Uuid payment = order->payment_id ? *order->payment_id : wanted.id;
  if (!order->payment_id) co_await unwrap(insert_payment(unit, std::move(*order), std::move(wanted), payments));
  co_return co_await read_payment(unit, id, payment);
}

bool is_answered(const PaymentRow& payment) { return payment.intent_id || payment.status != PaymentStatus::processing; }

// The job that calls the provider may run in another process, so its row is what can be watched.
Task<Result<>> wait_for_answer(api::Call& call, sql::Database& database, Uuid payment, std::chrono::milliseconds max) {
  const auto until = std::min(std::chrono::steady_clock::now() + max, call.deadline());
  while (std::chrono::steady_clock::now() < until) {
    const auto row = co_await unwrap(PaymentRepository(database).find(payment));
    if (!row || is_answered(*row)) break;
    co_await async::sleep_for(poll_interval);
  }
  co_return Result<>{};
}

}  // namespace

PayOrder PayOrder::example() { return {.id = Order::example().id, .card = Line<1, 255>::of("pm_card_visa")}; }

Task<Result<api::Accepted<OrderPayment>>> pay_order(api::UserCall& call, PayOrder in, api::Units& units,
                                                    Payments& payments) {
  if (payments.provider() == nullptr)
    co_return fail(errors::payments_not_configured, "Payments are not configured on this server.");
  const std::string card = in.card ? in.card->str() : std::string();
  if (!payments.provider()->accepts(card))
    co_return std::unexpected(invalid_input("/card", schema::codes::one_of, "is no payment method of the provider"));
  NewPayment wanted{.id = call.new_id(), .provider = std::string(payments.provider()->name()), .card = card};
  const OrderPayment begun = co_await unwrap(units.run(call, &begin_payment, in.id, std::move(wanted), &payments));
  co_await unwrap(wait_for_answer(call, units.database(), begun.payment.id, payments.times().answer_wait_max));
  co_return api::Accepted{co_await unwrap(read_payment(units.database(), in.id, begun.payment.id))};
}

}  // namespace ashlar::backend
