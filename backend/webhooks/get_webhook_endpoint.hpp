// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "backend/webhooks/webhook.hpp"

namespace ashlar::backend {

Task<Result<WebhookEndpoint>> get_webhook_endpoint(api::Call& call, api::ById in, sql::Database& database);

}  // namespace ashlar::backend
