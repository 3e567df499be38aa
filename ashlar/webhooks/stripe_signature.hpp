// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/webhooks/errors.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The signature of webhooks that Stripe sends, in the field Stripe-Signature:
//   t=1492774577,v1=5257a869e7ec...,v1=6ffbb59b2300...
// Each v1 is the HMAC-SHA-256, in hexadecimal, of "<t>.<body>" under a secret of the endpoint; while the secret is
// rotated there is one for each. Other schemes (v0) are ignored.
// Source: Stripe's documentation, "Verify webhook signatures manually".
//
//   auto verified = webhooks::verify_stripe_signature(request.headers.find("stripe-signature"), body, options, now);
//
// The body is verified as it was received: parse it after this, and store the event's id in the transaction of its
// effect, since Stripe sends an event again until it is answered with 2xx.
namespace ashlar::webhooks {

struct StripeSignatureOptions {
  std::vector<std::string> secrets{};   // "whsec_..." of the endpoint; several while it is rotated
  std::chrono::seconds tolerance{300};  // between the signature's time and now, in both directions
  std::size_t signatures_max = 16;      // v1 signatures that are compared
};

// Error webhook.signature_invalid (errors.hpp). Takes as long for a wrong signature whatever part of it is right.
[[nodiscard]] Result<> verify_stripe_signature(std::string_view field, std::string_view body,
                                               const StripeSignatureOptions& options, Timestamp now);

// What Stripe would send: for simulators and tests.
[[nodiscard]] std::string stripe_signature(std::string_view body, std::span<const std::string> secrets, Timestamp at);

}  // namespace ashlar::webhooks
