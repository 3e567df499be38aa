// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/routes.hpp"

#include "backend/webhooks/create_webhook_endpoint.hpp"
#include "backend/webhooks/delete_webhook_endpoint.hpp"
#include "backend/webhooks/get_webhook_endpoint.hpp"
#include "backend/webhooks/list_webhook_deliveries.hpp"
#include "backend/webhooks/list_webhook_endpoints.hpp"
#include "backend/webhooks/list_webhook_events.hpp"
#include "backend/webhooks/replay_webhook_delivery.hpp"
#include "backend/webhooks/rotate_webhook_secret.hpp"
#include "backend/webhooks/update_webhook_endpoint.hpp"

namespace ashlar::backend {

// clang-format off
void mount_webhooks(web::Routes& routes, api::Units& units, Webhooks& webhooks, events::Outbox& outbox, const sql::Cursors& cursors) {
  sql::Database& database = units.database();
  constexpr const char* manage = "manage:webhook";
  routes.get("/api/webhooks/endpoints", list_webhook_endpoints, database, cursors).permission(manage)
      .name("listWebhookEndpoints").tag("Webhooks").summary("The endpoints that events are sent to").fails_with(sql::errors::invalid_cursor);
  routes.get("/api/webhooks/endpoints/{id}", get_webhook_endpoint, database).permission(manage)
      .name("getWebhookEndpoint").tag("Webhooks").summary("One endpoint").fails_with(errors::webhook_endpoint_not_found);
  routes.post("/api/webhooks/endpoints", create_webhook_endpoint, units, webhooks).permission(manage)
      .name("createWebhookEndpoint").tag("Webhooks").summary("Add an endpoint; its secret is shown once").fails_with(errors::too_many_webhook_endpoints);
  routes.patch("/api/webhooks/endpoints/{id}", update_webhook_endpoint, units, webhooks).permission(manage)
      .name("updateWebhookEndpoint").tag("Webhooks").summary("Change, disable or enable an endpoint").fails_with(errors::webhook_endpoint_not_found);
  routes.remove("/api/webhooks/endpoints/{id}", delete_webhook_endpoint, units).permission(manage)
      .name("deleteWebhookEndpoint").tag("Webhooks").summary("Remove an endpoint and its deliveries").fails_with(errors::webhook_endpoint_not_found);
  routes.post("/api/webhooks/endpoints/{id}/rotate-secret", rotate_webhook_secret, units, webhooks).permission(manage)
      .name("rotateWebhookSecret").tag("Webhooks").summary("Make another secret; the old one signs for a day longer").fails_with(errors::webhook_endpoint_not_found);
  routes.get("/api/webhooks/deliveries", list_webhook_deliveries, database, cursors).permission(manage)
      .name("listWebhookDeliveries").tag("Webhooks").summary("What was sent, and what came of it").fails_with(sql::errors::invalid_cursor);
  routes.post("/api/webhooks/deliveries/{id}/replay", replay_webhook_delivery, units, webhooks).permission(manage)
      .name("replayWebhookDelivery").tag("Webhooks").summary("Send an ended delivery again").fails_with(errors::webhook_delivery_not_found, errors::webhook_delivery_pending);
  routes.get("/api/webhooks/events", list_webhook_events, outbox).permission(manage)
      .name("listWebhookEvents").tag("Webhooks").summary("The stored events after a sequence, to catch up");
}
// clang-format on

}  // namespace ashlar::backend
