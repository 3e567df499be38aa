// SPDX-License-Identifier: Apache-2.0
#include "backend/realtime/routes.hpp"

#include "ashlar/realtime/event_stream.hpp"
#include "backend/orders/order.hpp"
#include "backend/realtime/create_realtime_ticket.hpp"

namespace ashlar::backend {

// clang-format off
void mount_realtime(web::Routes& routes, Realtime& realtime) {
  using namespace realtime::errors;
  using realtime::FollowChannels;
  realtime::mount(routes, realtime.server(), "/api/realtime");
  routes.post("/api/realtime/ticket", create_realtime_ticket, realtime.units()).signed_in().no_api_key()
      .name("createRealtimeTicket").tag("Realtime").summary("A ticket that opens one WebSocket within 30 seconds");
  routes.get("/api/realtime/events", realtime::follow_channels, realtime.server()).open().api_key("read:order", "read:job", "read:audit").from_header("Last-Event-ID", &FollowChannels::last_event_id)
      .name("followChannels").tag("Realtime").summary("Channels as server-sent events")
      .fails_with(channel_not_found, too_many_channels, too_many_clients, restarting, auth::errors::not_signed_in, auth::errors::forbidden, errors::order_not_found);
}
// clang-format on

}  // namespace ashlar::backend
