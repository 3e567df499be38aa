// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/payments/stripe_provider.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::config {
class Environment;
}  // namespace ashlar::config

namespace ashlar::backend {

struct Settings;

// PAYMENT_PROVIDER and what goes with it.
struct PaymentSettings {
  enum class Provider : std::uint8_t { none, development, stripe } provider = Provider::development;
  payments::StripeOptions stripe{};
  std::vector<std::string> stripe_webhook_secrets{};  // several while the secret is rotated
  std::chrono::milliseconds answer_wait_max{3'000};   // how long the reply to a payment waits for the client secret
};

// Reads them. The stage was read before.
void read_payments(config::Environment& env, Settings& settings);

}  // namespace ashlar::backend
