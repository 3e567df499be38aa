// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/get_webhook_endpoint.hpp"

#include "backend/webhooks/webhook_repository.hpp"

namespace ashlar::backend {

Task<Result<WebhookEndpoint>> get_webhook_endpoint(api::Call&, api::ById in, sql::Database& database) {
  auto row = co_await unwrap(required(co_await WebhookRepository(database).find_endpoint(in.id),
                                      errors::webhook_endpoint_not_found, "There is no such webhook endpoint."));
  co_return endpoint_of(std::move(row));
}

}  // namespace ashlar::backend
