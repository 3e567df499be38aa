// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/units.hpp"
#include "backend/webhooks/webhooks.hpp"

namespace ashlar::backend {

// Makes another secret. The one before it signs as well for WebhookOptions::previous_secret_time, so that receivers
// have time to change; one before that ends at once.
Task<Result<NewWebhookEndpoint>> rotate_webhook_secret(api::Call& call, api::ById in, api::Units& units,
                                                       Webhooks& webhooks);

}  // namespace ashlar::backend
