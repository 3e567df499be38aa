// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/replay_webhook_delivery.hpp"

namespace ashlar::backend {

Task<Result<api::Accepted<WebhookDelivery>>> replay_webhook_delivery(api::Call& call, api::ById in, api::Units& units,
                                                                     Webhooks& webhooks) {
  auto row = co_await unwrap(units.run(call, &WebhookRepository::restart_delivery, in.id));
  webhooks.wake();
  co_return api::Accepted<WebhookDelivery>{delivery_of(std::move(row))};
}

}  // namespace ashlar::backend
