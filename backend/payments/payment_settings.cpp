// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/payment_settings.hpp"

#include "ashlar/http/client/request_url.hpp"
#include "backend/settings.hpp"

#include <algorithm>
#include <array>

namespace ashlar::backend {

namespace {

using Provider = PaymentSettings::Provider;

constexpr std::array<std::string_view, 3> providers{"none", "development", "stripe"};

bool is_visible_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

// No value is shown: keys and secrets are among them.
void read_stripe(config::Environment& env, const Settings& settings, PaymentSettings& payments) {
  payments.stripe.api_key = env.text("STRIPE_API_KEY", "", 255);
  if (payments.stripe.api_key.empty() || !is_visible_ascii(payments.stripe.api_key))
    env.fault("STRIPE_API_KEY", "is needed where PAYMENT_PROVIDER is stripe, in visible ASCII characters");
  if (payments.stripe_webhook_secrets.empty())
    env.fault("STRIPE_WEBHOOK_SECRET", "is needed where PAYMENT_PROVIDER is stripe");
  std::string base = env.text("STRIPE_API_BASE", payments.stripe.api_base, 2'048);
  while (base.ends_with('/')) base.pop_back();
  const auto url = http::RequestUrl::parse(base);
  if (!url || base.contains('?') || base.contains('#'))
    return env.fault("STRIPE_API_BASE", "expected an http or https URL without a query and a fragment");
  if (settings.stage == Stage::production && url->origin().scheme == http::Scheme::http &&
      !is_loopback(url->origin().host))
    return env.fault("STRIPE_API_BASE", "must be https:// in production: requests carry STRIPE_API_KEY");
  payments.stripe.api_base = std::move(base);
}

}  // namespace

void read_payments(config::Environment& env, Settings& settings) {
  PaymentSettings& payments = settings.payments;
  const bool production = settings.stage == Stage::production;
  const std::string name = env.one_of("PAYMENT_PROVIDER", production ? "none" : "development", providers);
  payments.provider = name == "stripe" ? Provider::stripe : name == "none" ? Provider::none : Provider::development;
  if (production && payments.provider == Provider::development)
    env.fault("PAYMENT_PROVIDER", "must not be development in production: every order would be paid without money");
  payments.stripe_webhook_secrets = env.list("STRIPE_WEBHOOK_SECRET");
  if (payments.provider == Provider::stripe) read_stripe(env, settings, payments);
}

}  // namespace ashlar::backend
