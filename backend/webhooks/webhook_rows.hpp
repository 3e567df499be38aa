// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/composites.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::backend {

enum class WebhookScheme : std::uint8_t { v1, v1a };  // webhooks::SignatureScheme
ASHLAR_DESCRIBE_ENUM(WebhookScheme, v1, v1a)

struct WebhookEndpointRow {
  Uuid id;
  std::string url;
  std::vector<std::string> events;  // types, "order.*" or "*"
  Nullable<std::string> description;
  WebhookScheme scheme = WebhookScheme::v1;
  bool ordered = false;
  std::string secret;  // SecretBox, as the one below: see webhook_secrets.hpp
  Nullable<std::string> previous_secret;
  Nullable<Timestamp> previous_until;   // the previous secret signs as well until then
  Nullable<Timestamp> last_success_at;  // to the minute
  Timestamp created_at;
  Timestamp updated_at;
  Nullable<Timestamp> disabled_at;
  Nullable<std::string> disabled_because;
};
ASHLAR_DESCRIBE(WebhookEndpointRow, id, url, events, description, scheme, ordered, secret, previous_secret,
                previous_until, last_success_at, created_at, updated_at, disabled_at, disabled_because)
ASHLAR_TABLE(WebhookEndpointRow, "webhook_endpoints", sql::type<&WebhookEndpointRow::events>("text"),
             sql::index<&WebhookEndpointRow::created_at, &WebhookEndpointRow::id>("webhook_endpoints_created_at"))

enum class DeliveryStatus : std::uint8_t { pending, delivered, failed };
ASHLAR_DESCRIBE_ENUM(DeliveryStatus, pending, delivered, failed)

// One request to the endpoint. The body of the response is not kept.
struct DeliveryAttempt {
  Timestamp at;
  Nullable<std::int64_t> status;  // of the response; null: there was none
  Nullable<std::string> error;    // why there was none: "http_client.timed_out"
  std::int64_t duration_ms = 0;
};
ASHLAR_DESCRIBE(DeliveryAttempt, at, status, error, duration_ms)

struct WebhookDeliveryRow {
  Uuid id;
  Uuid endpoint_id;
  Uuid event_id;
  std::int64_t sequence = 0;  // of the event
  std::string type;
  std::string key;
  DeliveryStatus status = DeliveryStatus::pending;
  // Of a pending one: when its next attempt begins. An instance that begins an attempt moves it past the attempt's end,
  // so that another one takes over when the first one dies.
  Timestamp due_at;
  bool ordered = false;    // waits for earlier pending ones of the endpoint and the key
  std::int64_t round = 1;  // counts replays
  std::int64_t attempts_in_round = 0;
  std::vector<DeliveryAttempt> attempts;  // the last ones
  std::string payload;                    // what is sent
  Timestamp created_at;
  Timestamp updated_at;
};
ASHLAR_DESCRIBE(WebhookDeliveryRow, id, endpoint_id, event_id, sequence, type, key, status, due_at, ordered, round,
                attempts_in_round, attempts, payload, created_at, updated_at)
ASHLAR_TABLE(WebhookDeliveryRow, "webhook_deliveries",
             sql::references<&WebhookDeliveryRow::endpoint_id, &WebhookEndpointRow::id>(sql::OnDelete::cascade),
             sql::type<&WebhookDeliveryRow::attempts>("text"),
             sql::index<&WebhookDeliveryRow::created_at, &WebhookDeliveryRow::id>("webhook_deliveries_created_at"),
             sql::index<&WebhookDeliveryRow::endpoint_id, &WebhookDeliveryRow::created_at, &WebhookDeliveryRow::id>(
                 "webhook_deliveries_endpoint"),
             sql::index<&WebhookDeliveryRow::status, &WebhookDeliveryRow::created_at, &WebhookDeliveryRow::id>(
                 "webhook_deliveries_status"),
             sql::index<&WebhookDeliveryRow::status, &WebhookDeliveryRow::due_at>("webhook_deliveries_due"),
             sql::index<&WebhookDeliveryRow::endpoint_id, &WebhookDeliveryRow::key, &WebhookDeliveryRow::sequence>(
                 "webhook_deliveries_key"))

}  // namespace ashlar::backend
