// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/payments/provider.hpp"
#include "ashlar/schema/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The documents of Stripe's API, as far as we read them: https://docs.stripe.com/api.
namespace ashlar::payments::detail {

inline constexpr schema::ReadOptions others_ignored{.unknown = schema::ReadOptions::Unknown::ignore};

struct MetadataDocument {
  static constexpr auto json_names = schema::JsonNames::as_written;
  std::optional<std::string> payment_id;
};
ASHLAR_DESCRIBE(MetadataDocument, payment_id)

struct PaymentErrorDocument {
  static constexpr auto json_names = schema::JsonNames::as_written;
  std::optional<Nullable<std::string>> code;
  std::optional<Nullable<std::string>> decline_code;
};
ASHLAR_DESCRIBE(PaymentErrorDocument, code, decline_code)

struct IntentDocument {
  static constexpr auto json_names = schema::JsonNames::as_written;
  std::string id;
  std::string status;
  std::int64_t amount = 0;
  std::string currency;
  std::optional<Nullable<std::string>> client_secret;
  std::optional<Nullable<MetadataDocument>> metadata;
  std::optional<Nullable<PaymentErrorDocument>> last_payment_error;
};
ASHLAR_DESCRIBE(IntentDocument, id, status, amount, currency, client_secret, metadata, last_payment_error)

struct IntentListDocument {
  static constexpr auto json_names = schema::JsonNames::as_written;
  std::vector<IntentDocument> data;
  bool has_more = false;
};
ASHLAR_DESCRIBE(IntentListDocument, data, has_more)

struct RefundDocument {
  static constexpr auto json_names = schema::JsonNames::as_written;
  std::string id;
  std::optional<Nullable<std::string>> status;
};
ASHLAR_DESCRIBE(RefundDocument, id, status)

struct ErrorDocument {
  static constexpr auto json_names = schema::JsonNames::as_written;
  std::optional<Nullable<std::string>> type;
  std::optional<Nullable<std::string>> code;
  std::optional<Nullable<std::string>> decline_code;
  std::optional<Nullable<std::string>> message;
  std::optional<Nullable<IntentDocument>> payment_intent;
};
ASHLAR_DESCRIBE(ErrorDocument, type, code, decline_code, message, payment_intent)

struct ErrorResponse {
  ErrorDocument error;
};
ASHLAR_DESCRIBE(ErrorResponse, error)

[[nodiscard]] std::string text_of(const std::optional<Nullable<std::string>>& text);

// nullopt for an amount out of range.
[[nodiscard]] std::optional<Intent> intent_of(const IntentDocument& document);
[[nodiscard]] std::optional<Intent> read_intent(std::string_view json);

}  // namespace ashlar::payments::detail
