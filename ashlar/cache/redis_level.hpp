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
  std::string prefix = "cache:";  // of its keys and its channel; levels with the same prefix share everything
  std::chrono::milliseconds lease_time_max{10'000};    // the result of a longer load is not stored
  std::chrono::milliseconds tag_time_max{86'400'000};  // of tags; no value with a tag is stored for longer
  std::chrono::milliseconds retry_interval{250};       // of changes that could not be published
  std::size_t pending_invalidations_max = 10'000;      // unpublished keys and tags; beyond it everything is invalidated
};

// The second level of a Cache in Redis: each step is one script and therefore atomic.
//
//   redis::Clients clients({.url = url});
//   cache::RedisLevel level({.prefix = "shop:cache:"}, clients, random);   // before clients.start(loops)
//   cache::Cache cache({}, clock, random, &level);
//
// A value is a hash with its JSON, its expiry times by the clock of Redis, and a token of each of its tags; it is valid
// while the tags still have these tokens. What Redis evicts, or loses in a restart, becomes a miss or an ended lease,
// never an old value. A snapshot restored from disk may be older than a change: use a Redis without persistence, with
// maxmemory and allkeys-lfu.
//
// Changes are published on "<prefix>changed", and each process confirms that it has dropped the values. set() and
// forget() return when no process that Redis reaches serves the old value any more, after at most
// ClientOptions::command_time_max. A change that could not be published, because Redis was unreachable or too slow, is
// queued and published later; until then this process reads nothing from Redis. A process that ends before that leaves
// old values there until they expire.
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

  // Whether changes by other processes are being received, and how many changes are not published to Redis yet.
  [[nodiscard]] bool is_subscribed() const;
  [[nodiscard]] std::size_t pending_invalidations() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ashlar::cache
