// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/receive_stripe_event.hpp"

#include "ashlar/payments/stripe_event.hpp"
#include "backend/payments/payment.hpp"

#include <string>
#include <utility>

namespace ashlar::backend {

Task<Result<>> receive_stripe_event(api::Call& call, http::Request& request, http::Response& response,
                                    Payments& payments, const StripeWebhookOptions& options) {
  if (options.signature.secrets.empty() || payments.provider() == nullptr)
    co_return fail(errors::payments_not_configured, "Payments are not configured on this server.");
  const std::string_view body = co_await unwrap(request.body->read_all(options.body_bytes_max));
  const std::string_view signature = request.headers.get("stripe-signature");
  co_await unwrap(webhooks::verify_stripe_signature(signature, body, options.signature, call.now()));
  auto event = co_await unwrap(payments::read_stripe_event(body));
  co_await unwrap(payments.receive(call, std::move(event)));
  response.status = 200;
  response.headers.add("Content-Type", "application/json");
  response.body = R"({"received":true})";
  co_return Result<>{};
}

}  // namespace ashlar::backend
