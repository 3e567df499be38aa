// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/payment_steps.hpp"

#include "backend/orders/order_repository.hpp"
#include "backend/payments/settlement.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::backend {

namespace {

using Step = PaymentPlan::Step;
using Current = SettlementCase::Current;

std::chrono::milliseconds delay_of(const PaymentRow& payment, const PaymentTimes& times) {
  const std::int64_t doublings = std::min<std::int64_t>(payment.checks, 10);
  return std::min(times.first_check * (std::int64_t{1} << doublings), times.check_max);
}

Step step_of(const PaymentRow& payment, Timestamp now, const PaymentTimes& times) {
  switch (payment.status) {
    case PaymentStatus::processing:
      if (payment.intent_id) return Step::retrieve;
      return payment.called_at && now - *payment.called_at > times.key_age_max ? Step::find : Step::create;
    case PaymentStatus::cancelling:
    case PaymentStatus::failed:
    case PaymentStatus::cancelled:
      if (!payment.check_at) return Step::nothing;
      return payment.intent_id ? Step::cancel : Step::find;
    case PaymentStatus::refunding:
      return Step::refund;
    case PaymentStatus::succeeded:
    case PaymentStatus::refunded:
      return Step::nothing;
  }
  return Step::nothing;
}

void change_status(PaymentRow& payment, PaymentStatus status) {
  if (payment.status == status) return;
  payment.status = status;
  payment.checks = 0;
  if (status != PaymentStatus::processing) payment.client_secret = {};
}

void schedule(PaymentRow& payment, Settlement::Next next, Timestamp now, const PaymentTimes& times) {
  switch (next) {
    case Settlement::Next::never:
      payment.check_at = {};
      return;
    case Settlement::Next::soon:
      payment.check_at = now;
      return;
    case Settlement::Next::later:
      payment.check_at = now + delay_of(payment, times);
      return;
  }
}

// What orders.payment_id is to this payment. Another attempt for which the provider was not called yet gives way to
// one that turns out to be paid: the customer is charged once and not refunded.
Task<Result<Current>> current_of(api::UnitOfWork& unit, LockedPayment locked, payments::IntentStatus intent) {
  if (!locked.order.payment_id) co_return Current::none;
  if (*locked.order.payment_id == locked.payment.id) co_return Current::this_one;
  if (intent != payments::IntentStatus::succeeded) co_return Current::another;
  auto other = co_await unwrap(PaymentRepository::lock(unit, *locked.order.payment_id));
  if (!other || other->payment.status != PaymentStatus::processing || other->payment.called_at)
    co_return Current::another;
  change_status(other->payment, PaymentStatus::cancelled);
  other->payment.check_at = {};
  co_await unwrap(PaymentRepository::write(unit, PaymentStatus::processing, std::move(other->payment)));
  co_return Current::none;
}

// The attempt that has the intent. One is made for an intent that no attempt knows: it must be cancelled or refunded.
Task<Result<std::optional<LockedPayment>>> attempt_of(api::UnitOfWork& unit, LockedPayment locked,
                                                      std::string intent_id) {
  if (!locked.payment.intent_id || *locked.payment.intent_id == intent_id) {
    locked.payment.intent_id = std::move(intent_id);
    co_return locked;
  }
  const auto known = co_await unwrap(PaymentRepository(unit).find_by_intent(intent_id));
  if (known) co_return co_await PaymentRepository::lock(unit, known->id);
  PaymentRow row = locked.payment;
  row.id = unit.call().new_id();
  row.attempt = 1 + co_await unwrap(PaymentRepository(unit).attempts(locked.order.id));
  row.status = PaymentStatus::failed;
  row.idempotency_key += "-" + intent_id;
  row.card = {};
  row.intent_id = std::move(intent_id);
  row.client_secret = {};
  row.failure = {};
  row.failed_refunds = 0;
  row.checks = 0;
  row.created_at = unit.call().now();
  co_await unwrap(PaymentRepository::insert(unit, row));
  locked.payment = std::move(row);
  co_return locked;
}

}  // namespace

Task<Result<PaymentPlan>> plan_payment(api::UnitOfWork& unit, Uuid payment, PaymentTrigger trigger,
                                       PaymentTimes times) {
  auto locked = co_await unwrap(PaymentRepository::lock(unit, payment));
  if (!locked) co_return PaymentPlan{};
  const Timestamp now = unit.call().now();
  PaymentRow& row = locked->payment;
  if (trigger == PaymentTrigger::due && (!row.check_at || *row.check_at > now)) co_return PaymentPlan{};
  const Step step = step_of(row, now, times);
  if (step == Step::nothing) co_return PaymentPlan{};
  if (step == Step::create) {
    if (!row.called_at) row.called_at = now;
    row.called_last_at = now;
  }
  row.check_at = now + delay_of(row, times);
  ++row.checks;
  co_await unwrap(PaymentRepository::write(unit, row.status, row));
  co_return PaymentPlan{.step = step, .payment = std::move(row)};
}

Task<Result<>> settle_payment(api::UnitOfWork& unit, Uuid payment, payments::Intent intent, const Payments* payments) {
  auto locked = co_await unwrap(PaymentRepository::lock(unit, payment));
  if (!locked) co_return Result<>{};
  locked = co_await unwrap(attempt_of(unit, std::move(*locked), intent.id));
  if (!locked) co_return Result<>{};
  PaymentRow& row = locked->payment;
  const bool equal = intent.amount == row.amount && intent.currency == row.currency;
  const SettlementCase at{.order = locked->order.status,
                          .current = co_await unwrap(current_of(unit, *locked, intent.status)),
                          .payment = row.status,
                          .intent = intent.status,
                          .amount = equal ? SettlementCase::Amount::equal : SettlementCase::Amount::different};
  const Settlement after = settle(at);
  if (!equal) {
    unit.call().log().security(log::Level::error, "a payment has another amount at its provider",
                               {{"payment", row.id.to_string()}, {"intent", intent.id}});
  }
  if (row.status == PaymentStatus::processing) row.client_secret = std::move(intent.client_secret);
  if (!intent.failure.empty()) row.failure = std::move(intent.failure);
  change_status(row, after.payment);
  schedule(row, after.next, unit.call().now(), payments->times());
  const Uuid id = row.id;
  if (after.next == Settlement::Next::soon) payments->process_after(unit, id, std::chrono::milliseconds(0));
  co_await unwrap(PaymentRepository::write(unit, at.payment, std::move(row)));
  if (at.payment == PaymentStatus::processing && after.payment == PaymentStatus::failed)
    co_await unwrap(payments->after_failure(unit, locked->order.id));
  if (after.order == locked->order.status && after.link == Settlement::Link::kept) co_return Result<>{};
  Nullable<Uuid> link = locked->order.payment_id;
  if (after.link == Settlement::Link::made) link = id;
  if (after.link == Settlement::Link::removed) link = {};
  co_return co_await OrderRepository::write(unit, std::move(locked->order), after.order, link);
}

Task<Result<>> fail_payment(api::UnitOfWork& unit, Uuid payment, std::string failure, const Payments* payments) {
  auto locked = co_await unwrap(PaymentRepository::lock(unit, payment));
  if (!locked || locked->payment.status != PaymentStatus::processing) co_return Result<>{};
  change_status(locked->payment, PaymentStatus::failed);
  locked->payment.failure = std::move(failure);
  locked->payment.check_at = {};
  co_await unwrap(PaymentRepository::write(unit, PaymentStatus::processing, locked->payment));
  co_await unwrap(payments->after_failure(unit, locked->order.id));
  if (locked->order.payment_id != locked->payment.id) co_return Result<>{};
  const OrderStatus status = locked->order.status;
  co_return co_await OrderRepository::write(unit, std::move(locked->order), status, {});
}

Task<Result<>> settle_without_intent(api::UnitOfWork& unit, Uuid payment, PaymentTimes times) {
  auto locked = co_await unwrap(PaymentRepository::lock(unit, payment));
  if (!locked || locked->payment.intent_id) co_return Result<>{};
  PaymentRow& row = locked->payment;
  const PaymentStatus before = row.status;
  const Timestamp now = unit.call().now();
  if (row.called_last_at && now - *row.called_last_at < times.call_time_max) {
    row.check_at = *row.called_last_at + times.call_time_max;
  } else if (row.status == PaymentStatus::processing) {
    row.called_at = {};  // the next call is the first one, also for the provider, which has forgotten the key
    row.called_last_at = {};
    row.check_at = now;
  } else {
    if (row.status == PaymentStatus::cancelling) change_status(row, PaymentStatus::cancelled);
    row.check_at = {};
  }
  co_return co_await PaymentRepository::write(unit, before, std::move(row));
}

Task<Result<>> finish_refund(api::UnitOfWork& unit, Uuid payment, payments::RefundStatus status, PaymentTimes times) {
  auto locked = co_await unwrap(PaymentRepository::lock(unit, payment));
  if (!locked || locked->payment.status != PaymentStatus::refunding) co_return Result<>{};
  PaymentRow& row = locked->payment;
  if (status == payments::RefundStatus::failed) {
    ++row.failed_refunds;
    row.failure = std::string("refund_failed");
    schedule(row, Settlement::Next::later, unit.call().now(), times);
  } else {
    change_status(row, PaymentStatus::refunded);
    row.check_at = {};
  }
  co_return co_await PaymentRepository::write(unit, PaymentStatus::refunding, std::move(row));
}

}  // namespace ashlar::backend
