// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// A payment provider: where money moves. stripe_provider.hpp and development_provider.hpp implement it.
//
// Every answer of a provider can be lost, late or repeated. So a caller stores what it is about to do, with its
// idempotency key, before it calls; repeats a call whose outcome is unknown with the same key and the same arguments;
// and takes a report about an intent any number of times. docs/design/payments.md says how the backend does it.
namespace ashlar::payments {

namespace errors {
// The provider may have acted on the call. Repeat it with the same key: no answer, 409, 429, 5xx.
inline constexpr ErrorCode outcome_unknown{ErrorKind::timed_out, "payment.outcome_unknown"};
// The provider stored a failure under the key, so that a repetition never succeeds. Whether it acted is unknown: look
// for the intent by find().
inline constexpr ErrorCode key_spent{ErrorKind::unavailable, "payment.key_spent"};
// The call had no effect, and can succeed later: the provider is unreachable, or refuses the API key.
inline constexpr ErrorCode provider_unavailable{ErrorKind::unavailable, "payment.provider_unavailable"};
// The call had no effect, and never will have: the provider refuses its arguments.
inline constexpr ErrorCode provider_refused{ErrorKind::internal, "payment.provider_refused"};
inline constexpr ErrorCode intent_not_found{ErrorKind::not_found, "payment.intent_not_found"};
}  // namespace errors

enum class IntentStatus : std::uint8_t {
  awaiting_customer,  // the customer has to confirm it with the client secret
  processing,
  succeeded,  // the customer was charged
  failed,     // declined; with Stripe the customer may confirm it again with another card
  cancelled,  // final: it can no longer be charged
};
ASHLAR_DESCRIBE_ENUM(IntentStatus, awaiting_customer, processing, succeeded, failed, cancelled)

// One attempt to charge a customer, as the provider reports it.
struct Intent {
  std::string id;
  IntentStatus status = IntentStatus::processing;
  Money amount;
  std::string currency;       // ISO 4217, upper case
  std::string client_secret;  // for the customer's browser; it can confirm the intent and nothing else
  Uuid payment;               // what NewIntent named; nil for an intent that we did not create
  std::string failure;        // the provider's code where it failed ("insufficient_funds")
};

// Two calls with one key have equal members, or the provider refuses the second.
struct NewIntent {
  Uuid payment;
  Uuid order;
  std::string idempotency_key;  // at most 255 visible ASCII characters
  Money amount;                 // above zero
  std::string currency;         // ISO 4217, upper case, with two decimals
  std::string card;             // the provider's name of a payment method; empty: the customer confirms
  Timestamp created_at;         // of the payment
};

struct IntentSearch {
  Uuid payment;
  Timestamp from;  // when the provider created the intent
  Timestamp until;
};

struct NewRefund {
  std::string intent;
  std::string idempotency_key;
};

enum class RefundStatus : std::uint8_t { succeeded, pending, failed };

// Usable from every loop. Errors: those above; each call is bounded in time. Cancelled: operation_aborted, and the
// outcome is unknown.
class Provider {
 public:
  Provider() = default;
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;
  virtual ~Provider() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  // Whether the text can name a payment method of the provider's; an empty one does not name any, and is accepted.
  [[nodiscard]] virtual bool accepts(std::string_view card) const = 0;
  // Creates an intent, and confirms it where there is a card. A declined card is an intent that failed, not an error.
  virtual Task<Result<Intent>> create(NewIntent intent) = 0;
  // Error payment.intent_not_found.
  virtual Task<Result<Intent>> retrieve(std::string id) = 0;
  // The intents whose metadata name the payment, the oldest first.
  virtual Task<Result<std::vector<Intent>>> find(IntentSearch search) = 0;
  // Cancels the intent where that is still possible. Returns the intent as it is afterwards, cancelled or not.
  virtual Task<Result<Intent>> cancel(std::string id) = 0;
  // Refunds a succeeded intent in full. One that is refunded already is `succeeded`.
  virtual Task<Result<RefundStatus>> refund(NewRefund refund) = 0;
  // After which delays the caller looks at a new intent by itself. Empty for a provider that sends webhooks.
  [[nodiscard]] virtual std::vector<std::chrono::milliseconds> look_after(const NewIntent& intent) const = 0;
};

}  // namespace ashlar::payments
