// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/redis/broadcast.hpp"
#include "ashlar/sql/replicas.hpp"

#include <string>
#include <string_view>

namespace ashlar::instances {

// Announces to the other instances, over Redis, which accounts have written, and receives their announcements, so that
// an account reads its own writes on any instance: on the channel <prefix>wrote, "<account>". While Redis is
// unreachable, accounts read from the primary (Replicas::set_peer_writes_visible).
//
// Receives on the first loop of the clients, which are closed before it is destroyed. announce() may be called on every
// loop.
class WriteBroadcast {
 public:
  // Subscribes, so it is constructed before the clients start. The replicas outlive it.
  WriteBroadcast(redis::Clients& clients, const std::string& key_prefix, sql::Replicas& replicas, Random& random);
  WriteBroadcast(const WriteBroadcast&) = delete;
  WriteBroadcast& operator=(const WriteBroadcast&) = delete;

  // Returns when every instance that Redis reaches has recorded the write, or after command_time_max. Never fails.
  // False: Redis is unreachable, or an instance did not confirm.
  Task<bool> announce(Uuid account);

 private:
  redis::Broadcast broadcast_;
};

}  // namespace ashlar::instances
