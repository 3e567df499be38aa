// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/http/client/client.hpp"
#include "ashlar/payments/provider.hpp"
#include "backend/payments/payments.hpp"
#include "backend/payments/receive_stripe_event.hpp"

#include <memory>
#include <optional>

namespace ashlar::backend {

struct Settings;

// The payments of the backend, with the provider that the settings name and what calls it.
class PaymentServices {
 public:
  // All of them outlive it.
  PaymentServices(const Settings& settings, api::Units& units, const jobs::Enqueuer& enqueuer, const Clock& clock);
  PaymentServices(const PaymentServices&) = delete;
  PaymentServices& operator=(const PaymentServices&) = delete;

  // Ends the connections to the provider, before a loop that used them is destroyed. The second time it does nothing.
  void close();

  [[nodiscard]] Payments& payments() { return payments_; }
  [[nodiscard]] const StripeWebhookOptions& stripe_webhook() const { return stripe_webhook_; }

 private:
  std::optional<http::Client> client_;            // where Stripe is called
  std::unique_ptr<payments::Provider> provider_;  // null: nothing can be paid
  Payments payments_;
  const StripeWebhookOptions stripe_webhook_;
};

}  // namespace ashlar::backend
