// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/payments/provider.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace ashlar::http {
class Client;
struct ClientResponse;
}  // namespace ashlar::http

namespace ashlar::payments {

struct StripeOptions {
  std::string api_base = "https://api.stripe.com";  // from the operator: any address is allowed
  std::string api_key{};                            // "sk_..." or a restricted key "rk_..."
  std::string api_version = "2024-06-20";           // the Stripe-Version field
  std::chrono::milliseconds request_time_max{20'000};
  std::size_t response_bytes_max = 2'097'152;
  int pages_max = 100;  // of 100 intents that find() reads; more are payment.outcome_unknown
};

// Stripe's PaymentIntents and Refunds (https://docs.stripe.com/api), over HTTP, for currencies with two decimals. An
// intent's metadata have payment_id and order_id. With a card, which is the id of a PaymentMethod ("pm_..."), it is
// confirmed at once, without methods that redirect; without one it takes the account's automatic payment methods.
//
// find() lists the intents of the time span and compares their metadata here: Stripe's search lags behind by up to a
// minute, and is not available in every region.
class StripeProvider final : public Provider {
 public:
  // The client outlives it.
  StripeProvider(http::Client& client, StripeOptions options);

  [[nodiscard]] std::string_view name() const override { return "stripe"; }
  [[nodiscard]] bool accepts(std::string_view card) const override;
  Task<Result<Intent>> create(NewIntent intent) override;
  Task<Result<Intent>> retrieve(std::string id) override;
  Task<Result<std::vector<Intent>>> find(IntentSearch search) override;
  Task<Result<Intent>> cancel(std::string id) override;
  Task<Result<RefundStatus>> refund(NewRefund refund) override;
  [[nodiscard]] std::vector<std::chrono::milliseconds> look_after(const NewIntent& intent) const override;

 private:
  // An answer of any status. Errors: payment.outcome_unknown, payment.provider_unavailable.
  Task<Result<http::ClientResponse>> send(http::Method method, std::string path, std::string form,
                                          std::string idempotency_key);

  http::Client& client_;
  const StripeOptions options_;
};

}  // namespace ashlar::payments
