// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/webhooks/stripe_signature.hpp"
#include "backend/payments/payments.hpp"

#include <cstddef>

namespace ashlar::backend {

struct StripeWebhookOptions {
  webhooks::StripeSignatureOptions signature{};
  std::size_t body_bytes_max = 1'048'576;
};

// POST /api/webhooks/stripe. The signature is of the body's bytes, so this is a handler of HTTP requests and no
// operation. 200 once the event and its effect are committed, also for an event that came before and for one that
// means nothing here. Errors: webhook.signature_invalid, payment.malformed_event; 503 without a secret.
Task<Result<>> receive_stripe_event(api::Call& call, http::Request& request, http::Response& response,
                                    Payments& payments, const StripeWebhookOptions& options);

}  // namespace ashlar::backend
