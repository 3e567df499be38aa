// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/payments/provider.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ashlar::payments {

namespace errors {
inline constexpr ErrorCode malformed_event{ErrorKind::malformed, "payment.malformed_event"};
}  // namespace errors

// An event of Stripe's (https://docs.stripe.com/api/events): what a webhook request holds. Events come in any order,
// and any number of times. Verify the request's signature before you read it.
struct StripeEvent {
  std::string id;                  // "evt_...", one for each event, however often it comes
  std::string type;                // "payment_intent.succeeded"
  std::optional<Intent> intent{};  // of the types payment_intent.*
};

// Error payment.malformed_event.
[[nodiscard]] Result<StripeEvent> read_stripe_event(std::string_view json);

}  // namespace ashlar::payments
