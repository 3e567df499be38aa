// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/outbox.hpp"
#include "ashlar/sql/cursor.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/webhooks/webhooks.hpp"

namespace ashlar::backend {

// What it refers to outlives the routes.
void mount_webhooks(web::Routes& routes, api::Units& units, Webhooks& webhooks, events::Outbox& outbox,
                    const sql::Cursors& cursors);

}  // namespace ashlar::backend
