// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/units.hpp"
#include "backend/webhooks/webhooks.hpp"

namespace ashlar::backend {

struct UpdateWebhookEndpoint {
  Uuid id;
  std::optional<WebhookUrl> url;
  std::optional<WebhookEventPatterns> events;
  std::optional<Nullable<WebhookDescription>> description;
  std::optional<bool> ordered;   // of events from now on
  std::optional<bool> disabled;  // false enables an endpoint again, whatever it was disabled for
};
ASHLAR_DESCRIBE(UpdateWebhookEndpoint, id, url, events, description, ordered, disabled)

Task<Result<WebhookEndpoint>> update_webhook_endpoint(api::Call& call, UpdateWebhookEndpoint in, api::Units& units,
                                                      Webhooks& webhooks);

}  // namespace ashlar::backend
