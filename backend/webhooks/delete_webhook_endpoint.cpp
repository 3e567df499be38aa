// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/delete_webhook_endpoint.hpp"

#include "backend/webhooks/webhook_repository.hpp"

namespace ashlar::backend {

Task<Result<>> delete_webhook_endpoint(api::Call& call, api::ById in, api::Units& units) {
  if (!co_await unwrap(units.run(call, &WebhookRepository::remove_endpoint, in.id)))
    co_return fail(errors::webhook_endpoint_not_found, "There is no such webhook endpoint.");
  co_return Result<>{};
}

}  // namespace ashlar::backend
