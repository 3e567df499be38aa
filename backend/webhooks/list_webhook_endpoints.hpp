// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "backend/webhooks/webhook_repository.hpp"

namespace ashlar::backend {

Task<Result<api::Page<WebhookEndpoint>>> list_webhook_endpoints(api::Call& call, ListWebhookEndpoints in,
                                                                sql::Database& database, const sql::Cursors& cursors);

}  // namespace ashlar::backend
