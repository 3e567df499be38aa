// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/payments/provider.hpp"
#include "backend/payments/payment_repository.hpp"
#include "backend/payments/payments.hpp"

#include <cstdint>
#include <string>

// The units of work of a payment: what is stored before a call to the provider, and what came of it.
namespace ashlar::backend {

// What a payment's row says is next.
struct PaymentPlan {
  enum class Step : std::uint8_t { nothing, create, find, retrieve, cancel, refund } step = Step::nothing;
  PaymentRow payment{};
};

// Decides on the next step and stores that it is about to be done: the time of a call that may create an intent, and
// when to look again if nothing follows.
Task<Result<PaymentPlan>> plan_payment(api::UnitOfWork& unit, Uuid payment, PaymentTrigger trigger, PaymentTimes times);

// Settles what the provider reports of an intent of the payment (settlement.hpp). An intent that the payment does not
// know becomes an attempt of its own.
Task<Result<>> settle_payment(api::UnitOfWork& unit, Uuid payment, payments::Intent intent, const Payments* payments);

// The provider will never charge for it. `failure` is the reason.
Task<Result<>> fail_payment(api::UnitOfWork& unit, Uuid payment, std::string failure, const Payments* payments);
// No intent was found: there is none, once the last call that may have created one has ended.
Task<Result<>> settle_without_intent(api::UnitOfWork& unit, Uuid payment, PaymentTimes times);
Task<Result<>> finish_refund(api::UnitOfWork& unit, Uuid payment, payments::RefundStatus status, PaymentTimes times);

}  // namespace ashlar::backend
