// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/payments/payment.hpp"
#include "backend/payments/payments.hpp"

#include <optional>

namespace ashlar::backend {

struct PayOrder {
  Uuid id;
  // The provider's name of a payment method, never a card's number: Stripe's PaymentMethod ("pm_..."), or what the
  // provider for development does. Without one, the customer confirms with the payment's client secret.
  std::optional<Line<1, 255>> card;

  static PayOrder example();
};
ASHLAR_DESCRIBE(PayOrder, id, card)

// Begins a payment; while one of the order is in progress, it answers with that one. The provider is called by the job
// process-payment. The operation waits for the provider's answer for up to PaymentTimes::answer_wait_max, since the
// reply has the client secret once it is known. The order is paid when the provider reports it.
// Errors: order.not_found, order.not_pending, payment.not_configured.
Task<Result<api::Accepted<OrderPayment>>> pay_order(api::UserCall& call, PayOrder in, api::Units& units,
                                                    Payments& payments);

}  // namespace ashlar::backend
