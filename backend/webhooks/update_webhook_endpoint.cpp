// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/update_webhook_endpoint.hpp"

#include "backend/webhooks/create_webhook_endpoint.hpp"

#include <utility>

namespace ashlar::backend {

namespace {

Task<Result<WebhookEndpoint>> update(api::UnitOfWork& unit, UpdateWebhookEndpoint in) {
  auto row = co_await unwrap(WebhookRepository::lock_endpoint(unit, in.id));
  const Timestamp now = unit.call().now();
  if (in.url) row.url = in.url->str();
  if (in.events) row.events = texts_of(*in.events);
  if (in.description) row.description = text_of(in.description);
  if (in.ordered) row.ordered = *in.ordered;
  if (in.disabled && *in.disabled != row.disabled_at.has_value()) {
    row.disabled_at.reset();
    row.disabled_because.reset();
    if (*in.disabled) {
      row.disabled_at = now;
      row.disabled_because = std::string("by a person");
    }
  }
  row.updated_at = now;
  co_await unwrap(WebhookRepository::replace_endpoint(unit, row, WebhookRepository::Change::settings));
  co_return endpoint_of(std::move(row));
}

}  // namespace

Task<Result<WebhookEndpoint>> update_webhook_endpoint(api::Call& call, UpdateWebhookEndpoint in, api::Units& units,
                                                      Webhooks& webhooks) {
  co_await unwrap(check_webhook_input(webhooks, in.url, in.events));
  co_return co_await units.run(call, &update, std::move(in));
}

}  // namespace ashlar::backend
