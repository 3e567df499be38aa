// SPDX-License-Identifier: Apache-2.0
#include "backend/events/routes.hpp"

#include "backend/events/show_outbox.hpp"

namespace ashlar::backend {

// clang-format off
void mount_events(web::Routes& routes, events::Outbox& outbox) {
  routes.get("/api/admin/outbox", show_outbox, outbox).permission("read:outbox")
      .name("showOutbox").tag("Events").summary("The stored events and how far their consumers are");
}
// clang-format on

}  // namespace ashlar::backend
