// SPDX-License-Identifier: Apache-2.0
#include "ashlar/payments/detail/stripe_documents.hpp"

#include "ashlar/core/ascii.hpp"

#include <algorithm>

namespace ashlar::payments::detail {

namespace {

std::string failure_of(const PaymentErrorDocument& error) {
  const std::string reason = text_of(error.decline_code);
  return reason.empty() ? text_of(error.code) : reason;
}

// https://docs.stripe.com/payments/paymentintents/lifecycle
IntentStatus status_of(const IntentDocument& document) {
  if (document.status == "succeeded") return IntentStatus::succeeded;
  if (document.status == "canceled") return IntentStatus::cancelled;
  const bool has_error = document.last_payment_error && *document.last_payment_error;
  if (document.status == "requires_payment_method" && has_error) return IntentStatus::failed;
  if (document.status == "requires_payment_method" || document.status == "requires_confirmation" ||
      document.status == "requires_action")
    return IntentStatus::awaiting_customer;
  return IntentStatus::processing;
}

}  // namespace

std::string text_of(const std::optional<Nullable<std::string>>& text) { return text && *text ? **text : std::string(); }

std::optional<Intent> intent_of(const IntentDocument& document) {
  if (document.amount < 0 || document.amount > Money::of_minor_units(999'999'999'999'999).minor_units())
    return std::nullopt;
  Intent out{.id = document.id,
             .status = status_of(document),
             .amount = Money::of_minor_units(document.amount),
             .currency = document.currency,
             .client_secret = text_of(document.client_secret),
             .payment = {},
             .failure = {}};
  std::ranges::transform(out.currency, out.currency.begin(),
                         [](char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; });
  if (document.metadata && *document.metadata && (*document.metadata)->payment_id)
    out.payment = Uuid::parse(*(*document.metadata)->payment_id).value_or(Uuid());
  if (document.last_payment_error && *document.last_payment_error)
    out.failure = failure_of(**document.last_payment_error);
  return out;
}

std::optional<Intent> read_intent(std::string_view json) {
  const auto document = schema::read_json<IntentDocument>(json, others_ignored);
  if (!document) return std::nullopt;
  return intent_of(*document);
}

}  // namespace ashlar::payments::detail
