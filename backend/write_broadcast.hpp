// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/redis/broadcast.hpp"
#include "ashlar/sql/replicas.hpp"

#include <string>
#include <string_view>

namespace ashlar::backend {

// Tells the other instances, over Redis, which accounts have written, and hears it from them, so that an account reads
// what it wrote whichever instance it comes to: on the channel <prefix>wrote, "<account>". While Redis is unreachable,
// the reads of accounts are the primary's (Replicas::hear_others).
//
// Hears on the first loop of the clients, which are closed before it is destroyed. tell() is for every loop.
class WriteBroadcast {
 public:
  // Subscribes, so the clients are not started yet. The replicas outlive it.
  WriteBroadcast(redis::Clients& clients, const std::string& key_prefix, sql::Replicas& replicas, Random& random);
  WriteBroadcast(const WriteBroadcast&) = delete;
  WriteBroadcast& operator=(const WriteBroadcast&) = delete;

  // Returns when every instance that Redis reaches knows; after command_time_max without one of them. Never fails:
  // false when Redis is unreachable, or not all have confirmed.
  Task<bool> tell(Uuid account);

 private:
  redis::Broadcast broadcast_;
};

}  // namespace ashlar::backend
