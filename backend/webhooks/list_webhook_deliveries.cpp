// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/list_webhook_deliveries.hpp"

namespace ashlar::backend {

Task<Result<api::Page<WebhookDelivery>>> list_webhook_deliveries(api::Call&, ListWebhookDeliveries in,
                                                                 sql::Database& database, const sql::Cursors& cursors) {
  co_return co_await WebhookRepository(database).list_deliveries(std::move(in), cursors);
}

}  // namespace ashlar::backend
