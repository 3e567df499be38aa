// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/instances/ended_sessions.hpp"
#include "ashlar/redis/broadcast.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace ashlar::instances {

// Announces ended sessions to the other instances over Redis, and receives their announcements: on the channel
// <prefix>revoked, "<until, ms> <session>...". RevocationSync covers lost messages.
//
// Receives on the first loop of the clients, which are closed before it is destroyed. announce() may be called on every
// loop.
class RevocationBroadcast {
 public:
  // Subscribes, so it is constructed before the clients start. `on_subscribed` is called on the first loop after each
  // subscription: earlier announcements may have been missed.
  RevocationBroadcast(redis::Clients& clients, const std::string& key_prefix, auth::MemoryRevocations& revocations,
                      const Clock& clock, Random& random, std::function<void()> on_subscribed);
  RevocationBroadcast(const RevocationBroadcast&) = delete;
  RevocationBroadcast& operator=(const RevocationBroadcast&) = delete;

  // Returns when every instance that Redis reaches refuses the sessions' tokens, or after command_time_max. Never
  // fails. False: Redis is unreachable, or an instance did not confirm.
  Task<bool> announce(EndedSessions ended);

 private:
  void receive(std::string_view message);

  auth::MemoryRevocations& revocations_;
  const Clock& clock_;
  redis::Broadcast broadcast_;
};

}  // namespace ashlar::instances
