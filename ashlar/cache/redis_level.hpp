// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/cache/shared_level.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/redis/clients.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ashlar::cache {

struct RedisLevelOptions {
  std::string prefix = "cache:";                       // of its keys in Redis, and its channel; levels of one share all
  std::chrono::milliseconds lease_time_max{10'000};    // a load that takes longer is not kept
  std::chrono::milliseconds tag_time_max{86'400'000};  // and no value with a tag for longer than that
  std::chrono::milliseconds retry_interval{250};       // of changes that could not be published
  std::size_t pending_invalidations_max = 10'000;      // their keys and tags; beyond it everything is invalidated
};

// The second level of a Cache in Redis: each step is one script, so nothing comes between its parts.
//
//   redis::Clients clients({.url = url});
//   cache::RedisLevel level({.prefix = "shop:cache:"}, clients, random);   // before clients.start(loops)
//   cache::Cache cache({}, clock, random, &level);
//
// A value is a hash with its JSON, its times by the clock of Redis, and a token of each of its tags; it is found while
// the tokens are those that the tags have. What Redis evicts, or forgets by a restart, is a miss or a lease that is
// over, never something old. What it brings back from a snapshot on its disk may be older than a change: give a cache a
// Redis that keeps nothing, with maxmemory and allkeys-lfu.
//
// Changes are published on "<prefix>changed", and each process confirms that it has forgotten: set() and forget()
// return when no process that Redis reaches gives the old value any more, after ClientOptions::command_time_max at
// most. A change that could not be published, since Redis was unreachable or too slow, is kept and published later;
// until then this process reads nothing from Redis. A process that ends before that leaves old values there until they
// expire.
//
// Safe from any thread that runs one of the clients' loops. The clients are closed before it is destroyed.
class RedisLevel final : public SharedLevel {
 public:
  RedisLevel(RedisLevelOptions options, redis::Clients& clients, Random& random);
  ~RedisLevel() override;

  void listen(std::weak_ptr<Listener> listener) override;
  Task<Result<SharedAnswer>> ask(SharedKey key, Want want) override;
  Task<Result<bool>> put(SharedKey key, Lease lease, SharedValue value) override;
  Task<> release(SharedKey key, Lease lease) override;
  Task<> set(SharedKey key, SharedValue value) override;
  Task<> forget(Changed what) override;

  // Whether changes in other processes are received now, and how many changes were not published to Redis yet.
  [[nodiscard]] bool is_subscribed() const;
  [[nodiscard]] std::size_t pending_invalidations() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ashlar::cache
