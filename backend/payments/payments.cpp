// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/payments.hpp"

#include "backend/payments/payment_steps.hpp"
#include "backend/payments/process_payment.hpp"

#include <string>
#include <utility>
#include <vector>

namespace ashlar::backend {

namespace {

using Step = PaymentPlan::Step;

constexpr std::chrono::minutes clock_difference_max{5};  // between the provider's clock and ours

// Settles a new intent, and has the job look at it when the provider says that it is time.
Task<Result<>> settle_new(api::UnitOfWork& unit, Uuid payment, payments::Intent intent, const Payments* payments,
                          std::vector<std::chrono::milliseconds> looks) {
  co_await unwrap(settle_payment(unit, payment, std::move(intent), payments));
  for (const std::chrono::milliseconds delay : looks) payments->process_after(unit, payment, delay);
  co_return Result<>{};
}

// Stores the event with its effect. An event of an intent that no payment knows is of another program.
Task<Result<>> take_event(api::UnitOfWork& unit, payments::StripeEvent event, const Payments* payments) {
  const bool is_new = co_await unwrap(PaymentRepository::receive_event(unit, event.id, event.type));
  if (!is_new || !event.intent) co_return Result<>{};
  PaymentRepository rows(unit);
  auto payment = co_await unwrap(rows.find_by_intent(event.intent->id));
  if (!payment) payment = co_await unwrap(rows.find(event.intent->payment));
  if (!payment) co_return Result<>{};
  co_return co_await settle_payment(unit, payment->id, std::move(*event.intent), payments);
}

Task<Result<>> forget_old_events(api::UnitOfWork& unit, Timestamp received_before) {
  co_await unwrap(PaymentRepository::forget_events(unit, received_before));
  co_return Result<>{};
}

payments::IntentSearch search_of(const PaymentRow& payment, Timestamp now) {
  const Timestamp first = payment.called_at ? *payment.called_at : payment.created_at;
  return {.payment = payment.id, .from = first - clock_difference_max, .until = now + clock_difference_max};
}

void report(const api::Call& call, Uuid payment, std::string_view step, const Error& error) {
  call.log().error(
      "a payment cannot go on",
      {{"payment", payment.to_string()}, {"step", step}, {"error", error.code().name}, {"cause", error.cause()}});
}

}  // namespace

void Payments::process_after(api::UnitOfWork& unit, Uuid payment, std::chrono::milliseconds delay) const {
  enqueuer_.enqueue(unit, ProcessPayment{payment}, {.delay = delay});
}

Task<Result<>> Payments::after_failure(api::UnitOfWork& unit, Uuid order) const {
  if (!failure_hook_) co_return Result<>{};
  co_return co_await failure_hook_(unit, order);
}

Task<Result<>> Payments::advance(api::Call& call, Uuid payment) {
  return advance(call, payment, PaymentTrigger::asked);
}

Task<Result<>> Payments::advance(api::Call& call, Uuid payment, PaymentTrigger trigger) {
  if (provider_ == nullptr) co_return Result<>{};
  const auto row = co_await unwrap(PaymentRepository(units_.database()).find(payment));
  if (!row) co_return Result<>{};
  if (row->status == PaymentStatus::processing && !row->intent_id) co_await unwrap(finish_others(call, *row));
  pass("before the plan is stored");
  auto plan = co_await unwrap(units_.run(call, &plan_payment, payment, trigger, times_));
  pass("after the plan is stored");
  switch (plan.step) {
    case Step::nothing:
      co_return Result<>{};
    case Step::create:
      co_return co_await create(call, std::move(plan.payment));
    case Step::find:
      co_return co_await find(call, std::move(plan.payment));
    case Step::retrieve:
      co_return co_await retrieve(call, std::move(plan.payment));
    case Step::cancel:
      co_return co_await cancel(call, std::move(plan.payment));
    case Step::refund:
      co_return co_await refund(call, std::move(plan.payment));
  }
  co_return Result<>{};
}

// A customer may still confirm the intent of an earlier attempt that failed. So the provider has no two open intents
// of one order: the earlier ones are cancelled first, and one that turns out to be paid pays the order.
Task<Result<>> Payments::finish_others(api::Call& call, PaymentRow payment) {
  PaymentRepository rows(units_.database());
  for (const Uuid other : co_await unwrap(rows.unfinished_others(payment.order_id, payment.id)))
    co_await unwrap(advance(call, other, PaymentTrigger::asked));
  const auto left = co_await unwrap(rows.unfinished_others(payment.order_id, payment.id));
  if (!left.empty())
    co_return fail(payments::errors::outcome_unknown, "The outcome of an earlier attempt to pay the order is open.");
  co_return Result<>{};
}

Task<Result<>> Payments::create(api::Call& call, PaymentRow payment) {
  payments::NewIntent wanted{.payment = payment.id,
                             .order = payment.order_id,
                             .idempotency_key = payment.idempotency_key,
                             .amount = payment.amount,
                             .currency = payment.currency,
                             .card = payment.card,
                             .created_at = payment.created_at};
  auto looks = provider_->look_after(wanted);
  auto intent = co_await provider_->create(std::move(wanted));
  pass("after an intent is created");
  if (intent) co_return co_await units_.run(call, &settle_new, payment.id, std::move(*intent), this, std::move(looks));
  const ErrorCode code = intent.error().code();
  if (code == payments::errors::key_spent) {
    auto found = co_await unwrap(provider_->find(search_of(payment, call.now())));
    if (!found.empty()) co_return co_await settle_with(call, payment.id, std::move(found.front()));
  } else if (code != payments::errors::provider_refused) {
    co_return std::unexpected(std::move(intent.error()));
  }
  report(call, payment.id, "create", intent.error());
  co_return co_await units_.run(call, &fail_payment, payment.id, std::string("provider_error"), this);
}

Task<Result<>> Payments::find(api::Call& call, PaymentRow payment) {
  if (!payment.called_at) co_return co_await units_.run(call, &settle_without_intent, payment.id, times_);
  auto found = co_await unwrap(provider_->find(search_of(payment, call.now())));
  pass("after intents are searched");
  if (found.empty()) co_return co_await units_.run(call, &settle_without_intent, payment.id, times_);
  for (payments::Intent& intent : found) co_await unwrap(settle_with(call, payment.id, std::move(intent)));
  co_return Result<>{};
}

Task<Result<>> Payments::retrieve(api::Call& call, PaymentRow payment) {
  auto intent = co_await provider_->retrieve(*payment.intent_id);
  pass("after an intent is retrieved");
  if (!intent) {
    if (intent.error().code() == payments::errors::intent_not_found)
      report(call, payment.id, "retrieve", intent.error());
    co_return std::unexpected(std::move(intent.error()));
  }
  const bool abandoned = intent->status == payments::IntentStatus::awaiting_customer &&
                         call.now() - payment.created_at > times_.pending_max;
  if (abandoned) co_return co_await cancel(call, std::move(payment));
  co_return co_await settle_with(call, payment.id, std::move(*intent));
}

Task<Result<>> Payments::cancel(api::Call& call, PaymentRow payment) {
  auto intent = co_await provider_->cancel(*payment.intent_id);
  pass("after an intent is cancelled");
  if (!intent && intent.error().code() == payments::errors::intent_not_found) {
    intent = payments::Intent{.id = *payment.intent_id,
                              .status = payments::IntentStatus::cancelled,
                              .amount = payment.amount,
                              .currency = payment.currency,
                              .client_secret = {},
                              .payment = payment.id,
                              .failure = {}};
  }
  co_return co_await settle_with(call, payment.id, co_await unwrap(std::move(intent)));
}

Task<Result<>> Payments::refund(api::Call& call, PaymentRow payment) {
  if (!payment.intent_id)
    co_return co_await units_.run(call, &finish_refund, payment.id, payments::RefundStatus::succeeded, times_);
  const std::string key = "refund-" + payment.id.to_string() + "-" + std::to_string(payment.failed_refunds);
  auto status = co_await provider_->refund({.intent = *payment.intent_id, .idempotency_key = key});
  pass("after a refund");
  if (!status) {
    const ErrorCode code = status.error().code();
    const bool repeat = code == payments::errors::outcome_unknown || code == payments::errors::provider_unavailable;
    if (repeat) co_return std::unexpected(std::move(status.error()));
    report(call, payment.id, "refund", status.error());
    status = payments::RefundStatus::failed;  // tried again under another key; a charge is refunded once at most
  }
  co_return co_await units_.run(call, &finish_refund, payment.id, *status, times_);
}

Task<Result<>> Payments::settle_with(api::Call& call, Uuid payment, payments::Intent intent) {
  auto settled = co_await units_.run(call, &settle_payment, payment, std::move(intent), this);
  pass("after an intent is settled");
  co_return settled;
}

Task<Result<>> Payments::receive(api::Call& call, payments::StripeEvent event) {
  pass("before an event is stored");
  auto received = co_await units_.run(call, &take_event, std::move(event), this);
  pass("after an event is stored");
  co_return received;
}

Task<Result<std::int64_t>> Payments::reconcile(api::Call& call) {
  const auto due = co_await unwrap(PaymentRepository(units_.database()).due(call.now(), times_.payments_per_pass));
  for (const Uuid payment : due) {
    const auto advanced = co_await advance(call, payment, PaymentTrigger::due);
    if (advanced) continue;
    call.log().warn("a payment is not settled", {{"payment", payment.to_string()},
                                                 {"error", advanced.error().code().name},
                                                 {"cause", advanced.error().cause()}});
  }
  co_await unwrap(units_.run(call, &forget_old_events, call.now() - times_.event_kept));
  co_return static_cast<std::int64_t>(due.size());
}

}  // namespace ashlar::backend
