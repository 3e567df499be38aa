// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/outbox.hpp"
#include "ashlar/web/routes.hpp"

namespace ashlar::backend {

// What it refers to outlives the routes.
void mount_events(web::Routes& routes, events::Outbox& outbox);

}  // namespace ashlar::backend
