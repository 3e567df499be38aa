// SPDX-License-Identifier: Apache-2.0
#include "ashlar/payments/stripe_event.hpp"

#include "ashlar/payments/detail/stripe_documents.hpp"

namespace ashlar::payments {

struct EventDocument {
  std::string id;
  std::string type;
};
ASHLAR_DESCRIBE(EventDocument, id, type)

struct IntentEventData {
  detail::IntentDocument object;
};
ASHLAR_DESCRIBE(IntentEventData, object)

struct IntentEventDocument {
  IntentEventData data;
};
ASHLAR_DESCRIBE(IntentEventDocument, data)

Result<StripeEvent> read_stripe_event(std::string_view json) {
  const auto malformed = [] { return fail(errors::malformed_event, "The body is no event of Stripe's."); };
  auto event = schema::read_json<EventDocument>(json, detail::others_ignored);
  if (!event || event->id.empty()) return malformed();
  StripeEvent out{.id = std::move(event->id), .type = std::move(event->type)};
  if (!out.type.starts_with("payment_intent.")) return out;
  const auto document = schema::read_json<IntentEventDocument>(json, detail::others_ignored);
  if (!document) return malformed();
  out.intent = detail::intent_of(document->data.object);
  if (!out.intent) return malformed();
  return out;
}

}  // namespace ashlar::payments
