// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/list_webhook_endpoints.hpp"

namespace ashlar::backend {

Task<Result<api::Page<WebhookEndpoint>>> list_webhook_endpoints(api::Call&, ListWebhookEndpoints in,
                                                                sql::Database& database, const sql::Cursors& cursors) {
  co_return co_await WebhookRepository(database).list_endpoints(std::move(in), cursors);
}

}  // namespace ashlar::backend
