// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/webhook.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::backend {

namespace {

WebhookEndpointRow example_row() {
  const Timestamp at = Timestamp::parse("2026-11-21T08:30:00.125Z").value_or(Timestamp{});
  return {.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5af0").value_or(Uuid{}),
          .url = "https://shop.example.com/hooks",
          .events = {"order.*"},
          .description = std::string("The warehouse"),
          .secret = {},
          .previous_secret = {},
          .previous_until = {},
          .last_success_at = {},
          .created_at = at,
          .updated_at = at,
          .disabled_at = {},
          .disabled_because = {}};
}

bool matches(std::string_view pattern, std::string_view type) {
  if (!pattern.ends_with('*')) return pattern == type;
  pattern.remove_suffix(1);
  return type.starts_with(pattern);
}

}  // namespace

WebhookEndpoint WebhookEndpoint::example() { return endpoint_of(example_row()); }

NewWebhookEndpoint NewWebhookEndpoint::example() {
  return new_endpoint_of(example_row(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
}

WebhookDelivery WebhookDelivery::example() {
  const WebhookEndpointRow endpoint = example_row();
  return {.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5af1").value_or(Uuid{}),
          .endpoint_id = endpoint.id,
          .event_id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5ae0").value_or(Uuid{}),
          .sequence = 1'204,
          .type = "order.created",
          .status = DeliveryStatus::delivered,
          .attempts = {{.at = endpoint.created_at, .status = 200, .error = {}, .duration_ms = 84}},
          .created_at = endpoint.created_at,
          .updated_at = endpoint.created_at};
}

WebhookEndpoint endpoint_of(WebhookEndpointRow row) {
  return {.id = row.id,
          .url = std::move(row.url),
          .events = std::move(row.events),
          .description = std::move(row.description),
          .scheme = row.scheme,
          .ordered = row.ordered,
          .created_at = row.created_at,
          .updated_at = row.updated_at,
          .disabled_at = row.disabled_at,
          .disabled_because = std::move(row.disabled_because)};
}

NewWebhookEndpoint new_endpoint_of(WebhookEndpointRow row, std::string secret) {
  WebhookEndpoint shown = endpoint_of(std::move(row));
  return {.id = shown.id,
          .url = std::move(shown.url),
          .events = std::move(shown.events),
          .description = std::move(shown.description),
          .scheme = shown.scheme,
          .ordered = shown.ordered,
          .created_at = shown.created_at,
          .updated_at = shown.updated_at,
          .disabled_at = shown.disabled_at,
          .disabled_because = std::move(shown.disabled_because),
          .secret = std::move(secret)};
}

WebhookDelivery delivery_of(WebhookDeliveryRow row) {
  return {.id = row.id,
          .endpoint_id = row.endpoint_id,
          .event_id = row.event_id,
          .sequence = row.sequence,
          .type = std::move(row.type),
          .status = row.status,
          .attempts = std::move(row.attempts),
          .created_at = row.created_at,
          .updated_at = row.updated_at};
}

std::vector<std::string> texts_of(const WebhookEventPatterns& patterns) {
  std::vector<std::string> out;
  for (const WebhookEventPattern& pattern : patterns) out.push_back(pattern.str());
  return out;
}

Nullable<std::string> text_of(const std::optional<Nullable<WebhookDescription>>& description) {
  if (!description || !*description) return std::nullopt;
  return (*description)->str();
}

bool selects(const std::vector<std::string>& patterns, std::string_view type) {
  return std::ranges::any_of(patterns, [type](const std::string& pattern) { return matches(pattern, type); });
}

}  // namespace ashlar::backend
