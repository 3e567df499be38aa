// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/redis/broadcast.hpp"
#include "backend/auth/ended_sessions.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace ashlar::backend {

// Tells the other instances, over Redis, which sessions have ended, and hears it from them: on the channel
// <prefix>revoked, "<until, ms> <session>...". What Redis does not bring is in the database all the same: see
// RevocationSync.
//
// Hears on the first loop of the clients, which are closed before it is destroyed. announce() is for every loop.
class RevocationBroadcast {
 public:
  // Subscribes, so the clients are not started yet. `on_subscribed`, on the first loop: what was announced before may
  // have been missed.
  RevocationBroadcast(redis::Clients& clients, const std::string& key_prefix, auth::MemoryRevocations& revocations,
                      const Clock& clock, Random& random, std::function<void()> on_subscribed);
  RevocationBroadcast(const RevocationBroadcast&) = delete;
  RevocationBroadcast& operator=(const RevocationBroadcast&) = delete;

  // Returns when no instance that Redis reaches takes their tokens any more; after command_time_max without one of
  // them. Never fails: false when Redis is unreachable, or not all have confirmed.
  Task<bool> announce(EndedSessions ended);

 private:
  void heard(std::string_view message);

  auth::MemoryRevocations& revocations_;
  const Clock& clock_;
  redis::Broadcast broadcast_;
};

}  // namespace ashlar::backend
