// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "backend/webhooks/webhook_rows.hpp"

#include <string>
#include <vector>

// What the API shows of webhooks.
namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode webhook_endpoint_not_found{ErrorKind::not_found, "webhook.endpoint_not_found"};
inline constexpr ErrorCode too_many_webhook_endpoints{ErrorKind::conflict, "webhook.too_many_endpoints"};
inline constexpr ErrorCode webhook_delivery_not_found{ErrorKind::not_found, "webhook.delivery_not_found"};
inline constexpr ErrorCode webhook_delivery_pending{ErrorKind::conflict, "webhook.delivery_pending"};
}  // namespace errors

using WebhookUrl = Text<1, 2'000>;
using WebhookEventPattern = Text<1, 64>;  // "order.created", "order.*", "*"
using WebhookEventPatterns = Array<WebhookEventPattern, 1, 50>;
using WebhookDescription = Text<0, 500>;

struct WebhookEndpoint {
  Uuid id;
  std::string url;
  std::vector<std::string> events;
  Nullable<std::string> description;
  WebhookScheme scheme = WebhookScheme::v1;  // of its signatures
  bool ordered = false;                      // events of one key are sent one after another
  Timestamp created_at;
  Timestamp updated_at;
  Nullable<Timestamp> disabled_at;
  Nullable<std::string> disabled_because;  // "by a person", "gone" (410), "failing"

  static WebhookEndpoint example();
};
ASHLAR_DESCRIBE(WebhookEndpoint, id, url, events, description, scheme, ordered, created_at, updated_at, disabled_at,
                disabled_because)

// With the secret, which is shown once: "whsec_..." (v1), or the public key "whpk_..." (v1a).
struct NewWebhookEndpoint {
  Uuid id;
  std::string url;
  std::vector<std::string> events;
  Nullable<std::string> description;
  WebhookScheme scheme = WebhookScheme::v1;
  bool ordered = false;
  Timestamp created_at;
  Timestamp updated_at;
  Nullable<Timestamp> disabled_at;
  Nullable<std::string> disabled_because;
  std::string secret;

  static NewWebhookEndpoint example();
};
ASHLAR_DESCRIBE(NewWebhookEndpoint, id, url, events, description, scheme, ordered, created_at, updated_at, disabled_at,
                disabled_because, secret)

struct WebhookDelivery {
  Uuid id;
  Uuid endpoint_id;
  Uuid event_id;
  std::int64_t sequence = 0;
  std::string type;
  DeliveryStatus status = DeliveryStatus::pending;
  std::vector<DeliveryAttempt> attempts;  // the last 20
  Timestamp created_at;
  Timestamp updated_at;

  static WebhookDelivery example();
};
ASHLAR_DESCRIBE(WebhookDelivery, id, endpoint_id, event_id, sequence, type, status, attempts, created_at, updated_at)

[[nodiscard]] WebhookEndpoint endpoint_of(WebhookEndpointRow row);
[[nodiscard]] NewWebhookEndpoint new_endpoint_of(WebhookEndpointRow row, std::string secret);
[[nodiscard]] WebhookDelivery delivery_of(WebhookDeliveryRow row);

[[nodiscard]] std::vector<std::string> texts_of(const WebhookEventPatterns& patterns);
[[nodiscard]] Nullable<std::string> text_of(const std::optional<Nullable<WebhookDescription>>& description);

// Whether an endpoint's patterns select the type.
[[nodiscard]] bool selects(const std::vector<std::string>& patterns, std::string_view type);

}  // namespace ashlar::backend
