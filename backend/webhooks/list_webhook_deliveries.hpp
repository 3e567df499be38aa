// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "backend/webhooks/webhook_repository.hpp"

namespace ashlar::backend {

Task<Result<api::Page<WebhookDelivery>>> list_webhook_deliveries(api::Call& call, ListWebhookDeliveries in,
                                                                 sql::Database& database, const sql::Cursors& cursors);

}  // namespace ashlar::backend
