// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/stream.hpp"
#include "ashlar/realtime/protocol.hpp"
#include "ashlar/realtime/server.hpp"
#include "ashlar/schema/composites.hpp"

#include <optional>

// The channels as server-sent events, for clients that only listen:
//
//   routes.get("/api/realtime/events", realtime::follow_channels, server).open()
//       .from_header("Last-Event-ID", &realtime::FollowChannels::last_event_id).time_max(0ms);
//
// The caller must pass the guard of every channel. The stream begins with a `subscribed` message for each. The id of
// each event is the positions of all channels in the order of the parameters, so that a client that reconnects with
// Last-Event-ID continues all of them. A stream ends when a subscription does.
namespace ashlar::realtime {

struct FollowChannels {
  Array<protocol::ChannelName, 1, 20> channel;
  std::optional<Line<1, 1000>> last_event_id;
};
ASHLAR_DESCRIBE(FollowChannels, channel, last_event_id)

// Errors: those of the channels' guards; realtime.channel_not_found, realtime.too_many_clients, realtime.restarting.
Task<Result<api::EventStream<protocol::ServerMessage>>> follow_channels(api::Call& call, FollowChannels in,
                                                                        Server& server);

}  // namespace ashlar::realtime
