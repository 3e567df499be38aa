// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/cache/cache.hpp"
#include "ashlar/cache/detail/flight.hpp"
#include "ashlar/cache/detail/siphash.hpp"
#include "ashlar/cache/detail/store.hpp"
#include "ashlar/cache/detail/tags.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace ashlar::cache {

// Outlives the Cache while loads are running. Each key belongs to a shard, by its hash; a shard's lock is held for no
// longer than a look into its tables.
struct Cache::State : std::enable_shared_from_this<Cache::State> {
  State(CacheOptions the_options, const Clock& the_clock, Random& the_random);

  detail::Found find(const std::string& key, const schema::Type& type, Ask ask);
  void put(std::string key, const schema::Type& type, const Policy& policy, detail::Fresh fresh);
  std::optional<std::chrono::milliseconds> ttl(const std::string& key);
  void erase(const std::string& key);
  void flush();
  [[nodiscard]] Statistics statistics() const;
  void close();

  // Joins the load of the flight's key, or begins this one on the waiter's loop.
  void wait(const std::shared_ptr<detail::Waiter>& waiter, std::shared_ptr<detail::Flight> flight);
  void give_up(const std::shared_ptr<detail::Waiter>& waiter, std::uint64_t hash);
  // Begins it, unless there is one, or too many are running.
  void refresh(const LoopExecutor& loop, const std::shared_ptr<detail::Flight>& flight);

  [[nodiscard]] std::uint64_t hash_of(std::string_view key) const { return detail::siphash(key, seed); }

  struct alignas(64) Shard {
    explicit Shard(std::size_t bytes_max) : store(bytes_max) {}
    mutable std::mutex mutex;
    detail::Store store;
    std::unordered_map<std::uint64_t, std::shared_ptr<detail::Flight>> flights;  // that others may join
    std::vector<std::shared_ptr<detail::Flight>> running;                        // all of them

    void detach(std::uint64_t hash);  // what comes of the key's load is not kept
    void over(const detail::Flight& flight);
    Statistics counts;
  };
  [[nodiscard]] Shard& shard_of(std::uint64_t hash) const { return *shards[(hash >> 32) % shards.size()]; }

  const CacheOptions options;
  const Clock& clock;
  Random& random;
  detail::HashSeed seed{};
  std::vector<std::unique_ptr<Shard>> shards;
  std::size_t value_bytes_max;
  detail::Tags tags;
  std::atomic<bool> closed = false;
  std::atomic<std::size_t> refreshes = 0;

 private:
  class Landing;
  static Task<> fly(std::shared_ptr<State> self, std::shared_ptr<detail::Flight> flight);
  void begin(const LoopExecutor& loop, const std::shared_ptr<detail::Flight>& flight);
  void land(detail::Flight& flight, Result<detail::Fresh> loaded, std::exception_ptr thrown);
  void abandon(detail::Flight& flight);
  static detail::Waiters take_waiters(detail::Flight& flight);
  // The entry, or null when it is not to be kept.
  std::unique_ptr<detail::Entry> entry_of(std::string key, std::uint64_t hash, const schema::Type& type,
                                          const Policy& policy, detail::TagMarks marks, const detail::Fresh& fresh);
  std::chrono::milliseconds jittered(const Policy& policy);
};

}  // namespace ashlar::cache
