// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "backend/webhooks/webhooks.hpp"

namespace ashlar::backend {

struct CreateWebhookEndpoint {
  WebhookUrl url;
  WebhookEventPatterns events;
  std::optional<Nullable<WebhookDescription>> description;
  std::optional<WebhookScheme> scheme;  // absent: v1
  std::optional<bool> ordered;          // absent: false

  static CreateWebhookEndpoint example();
};
ASHLAR_DESCRIBE(CreateWebhookEndpoint, url, events, description, scheme, ordered)

// The faults of a URL and of patterns, at /url and /events/N.
[[nodiscard]] Result<> check_webhook_input(const Webhooks& webhooks, const std::optional<WebhookUrl>& url,
                                           const std::optional<WebhookEventPatterns>& events);

Task<Result<api::Created<NewWebhookEndpoint>>> create_webhook_endpoint(api::Call& call, CreateWebhookEndpoint in,
                                                                       api::Units& units, Webhooks& webhooks);

}  // namespace ashlar::backend
