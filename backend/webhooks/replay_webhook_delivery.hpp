// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "backend/webhooks/webhooks.hpp"

namespace ashlar::backend {

// Sends an ended delivery again, with all of its attempts and the same webhook-id.
Task<Result<api::Accepted<WebhookDelivery>>> replay_webhook_delivery(api::Call& call, api::ById in, api::Units& units,
                                                                     Webhooks& webhooks);

}  // namespace ashlar::backend
