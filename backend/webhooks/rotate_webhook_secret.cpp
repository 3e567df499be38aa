// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/rotate_webhook_secret.hpp"

#include "backend/webhooks/webhook_secrets.hpp"

#include <utility>

namespace ashlar::backend {

namespace {

Task<Result<NewWebhookEndpoint>> rotate(api::UnitOfWork& unit, Uuid id, Webhooks* webhooks) {
  auto row = co_await unwrap(WebhookRepository::lock_endpoint(unit, id));
  const auto key = webhooks::SigningKey::generate(scheme_of(row.scheme), unit.call().random());
  row.previous_secret = std::exchange(row.secret, sealed_key(webhooks->secrets(), id, key));
  row.updated_at = unit.call().now();
  row.previous_until = row.updated_at + webhooks->options().previous_secret_time;
  co_await unwrap(WebhookRepository::replace_endpoint(unit, row, WebhookRepository::Change::secret));
  co_return new_endpoint_of(std::move(row), key.receiver_text());
}

}  // namespace

Task<Result<NewWebhookEndpoint>> rotate_webhook_secret(api::Call& call, api::ById in, api::Units& units,
                                                       Webhooks& webhooks) {
  return units.run(call, &rotate, in.id, &webhooks);
}

}  // namespace ashlar::backend
