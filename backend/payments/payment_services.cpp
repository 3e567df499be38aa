// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/payment_services.hpp"

#include "ashlar/payments/development_provider.hpp"
#include "ashlar/payments/stripe_provider.hpp"
#include "backend/settings.hpp"

namespace ashlar::backend {

namespace {

std::unique_ptr<payments::Provider> make_provider(const PaymentSettings& settings, const Clock& clock,
                                                  std::optional<http::Client>& client) {
  switch (settings.provider) {
    case PaymentSettings::Provider::none:
      return nullptr;
    case PaymentSettings::Provider::development:
      return std::make_unique<payments::DevelopmentProvider>(clock);
    case PaymentSettings::Provider::stripe:
      client.emplace(http::ClientOptions{.resolver = nullptr, .clock = nullptr});
      return std::make_unique<payments::StripeProvider>(*client, settings.stripe);
  }
  return nullptr;
}

}  // namespace

PaymentServices::PaymentServices(const Settings& settings, api::Units& units, const jobs::Enqueuer& enqueuer,
                                 const Clock& clock)
    : provider_(make_provider(settings.payments, clock, client_)),
      payments_(units, enqueuer, provider_.get(),
                {.pending_max = settings.order_pending_max, .answer_wait_max = settings.payments.answer_wait_max}),
      stripe_webhook_({.signature = {.secrets = settings.payments.stripe_webhook_secrets}}) {}

void PaymentServices::close() {
  if (client_) client_->close();
}

}  // namespace ashlar::backend
