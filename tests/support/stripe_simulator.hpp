// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "tests/support/scripted_server.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::test {

// What a simulator does with one request.
enum class StripeFault : std::uint8_t {
  none,
  refused_connection,  // closes before it acts
  lost_answer,         // acts, then closes instead of answering
  stored_500,          // acts, answers 500 and stores that under the key, as Stripe does
  failed_500,          // stores a 500 under the key without acting
  busy_409,            // lock_timeout, without acting
  limited_429,         // without acting
};

// A request as a fault's function sees it.
struct StripeRequest {
  std::string method;  // "POST"
  std::string path;    // "/v1/payment_intents"
  std::map<std::string, std::string> parameters;
  std::string idempotency_key;
  int number = 0;  // from 0, of all requests
};

// Stripe's API as far as StripeProvider uses it, on a local port: payment intents (create, retrieve, list, confirm,
// cancel) and refunds, with idempotency keys, errors, and events that are signed as Stripe signs them. Stripe's own
// client for Node.js is run against it in stripe_client_test.cpp, so it answers as Stripe does.
//
// Payment methods: "pm_card_visa" succeeds, "pm_card_chargeDeclined" is declined, "pm_slow" is processing until
// settle(). It serves on threads of its own. The clock outlives it.
class StripeSimulator {
 public:
  static constexpr const char* api_key = "sk_test_simulator";
  static constexpr const char* webhook_secret = "whsec_simulator";

  explicit StripeSimulator(const Clock& clock);
  ~StripeSimulator();
  StripeSimulator(const StripeSimulator&) = delete;
  StripeSimulator& operator=(const StripeSimulator&) = delete;

  [[nodiscard]] std::string url() const;  // for STRIPE_API_BASE
  // Called for each request, on the simulator's threads. Empty: no fault.
  void set_faults(std::function<StripeFault(const StripeRequest&)> fault);
  // Keys that are older than Stripe keeps them.
  void forget_keys();

  // What the customer does in the browser. False when the intent cannot be confirmed.
  bool confirm(const std::string& intent, const std::string& payment_method);
  // Ends what "pm_slow" has begun.
  void settle(const std::string& intent);
  void settle_all();

  // Events that were not taken yet, in their order, as Stripe's JSON.
  std::vector<std::string> take_events();
  // The Stripe-Signature field of a delivery now.
  [[nodiscard]] std::string signature(const std::string& event) const;

  struct Ledger {
    int intents = 0;
    int charged = 0;                 // intents that succeeded
    int refunded = 0;                // of these
    std::int64_t charged_minor = 0;  // of those that are not refunded
    int open = 0;                    // intents that a customer can still be charged by
  };
  // Of the intents whose metadata name the order; of all, when it is empty.
  [[nodiscard]] Ledger ledger(const std::string& order = {}) const;
  [[nodiscard]] std::vector<std::string> intents() const;
  [[nodiscard]] std::string status(const std::string& intent) const;
  [[nodiscard]] int requests() const;
  [[nodiscard]] std::vector<StripeRequest> seen() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::test
