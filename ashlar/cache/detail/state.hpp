// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/cache/cache.hpp"
#include "ashlar/cache/detail/flight.hpp"
#include "ashlar/cache/detail/siphash.hpp"
#include "ashlar/cache/detail/store.hpp"
#include "ashlar/cache/detail/tags.hpp"
#include "ashlar/cache/shared_level.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace ashlar::cache {

// Outlives the Cache while loads are running. Each key belongs to a shard, by its hash. A shard's lock is held only for
// table look-ups.
struct Cache::State final : SharedLevel::Listener, std::enable_shared_from_this<Cache::State> {
  State(CacheOptions the_options, const Clock& the_clock, Random& the_random, SharedLevel* the_shared);

  detail::Found find(const std::string& key, const detail::ValueType& type, Ask ask);
  void put(std::string key, const detail::ValueType& type, const Policy& policy, const Lifetimes& left,
           const detail::Fresh& fresh);
  std::optional<std::chrono::milliseconds> ttl(const std::string& key);
  void erase(const std::string& key);
  void flush();
  void forget_here(const Changed& what);
  void changed(const Changed& what) override { forget_here(what); }
  void on_subscription(Subscription now) override;
  [[nodiscard]] Statistics statistics() const;
  void close();

  // Joins the running load of the flight's key, or begins this flight on the waiter's loop.
  void wait(const std::shared_ptr<detail::Waiter>& waiter, std::shared_ptr<detail::Flight> flight);
  void give_up(const std::shared_ptr<detail::Waiter>& waiter, std::uint64_t hash);
  // Begins the flight, unless a load of its key is running or too many loads are.
  void refresh(const LoopExecutor& loop, const std::shared_ptr<detail::Flight>& flight);

  // Whether the second level is used for the key.
  [[nodiscard]] bool shares(const std::string& key, const detail::ValueType& type) const {
    return shared != nullptr && type.read != nullptr && key.size() <= options.key_bytes_max && !closed;
  }
  Task<std::shared_ptr<const void>> find_shared(std::string key, const detail::ValueType& type);
  // A value that is too large gets no lifetime.
  [[nodiscard]] SharedValue shared_value(std::string json, const detail::Fresh& fresh, const Lifetimes& left) const;
  // With the ttl shortened at random.
  [[nodiscard]] Lifetimes lifetimes_of(const Policy& policy, const detail::Fresh& fresh) const;
  [[nodiscard]] std::uint64_t hash_of(std::string_view key) const { return detail::siphash(key, seed); }

  struct alignas(64) Shard {
    explicit Shard(std::size_t bytes_max) : store(bytes_max) {}
    mutable std::mutex mutex;
    detail::Store store;
    std::unordered_map<std::uint64_t, std::shared_ptr<detail::Flight>> flights;  // that other callers may join
    std::vector<std::shared_ptr<detail::Flight>> running;                        // all of them

    void detach(std::uint64_t hash);  // the result of the key's running load will not be stored
    void over(const detail::Flight& flight);
    Statistics counts;
  };
  [[nodiscard]] Shard& shard_of(std::uint64_t hash) const { return *shards[(hash >> 32) % shards.size()]; }

  const CacheOptions options;
  const Clock& clock;
  Random& random;
  SharedLevel* const shared;  // null: there is none
  detail::HashSeed seed{};
  std::vector<std::unique_ptr<Shard>> shards;
  std::size_t value_bytes_max;
  detail::Tags tags;
  std::atomic<bool> closed = false;
  std::atomic<std::size_t> refreshes = 0;
  std::atomic<bool> subscribed = true;  // to the changes of other processes; always true without a second level

 private:
  class Landing;
  static Task<> fly(std::shared_ptr<State> self, std::shared_ptr<detail::Flight> flight);
  void begin(const LoopExecutor& loop, const std::shared_ptr<detail::Flight>& flight);
  template <class Change>
  void count(const detail::Flight& flight, Change change) {
    Shard& shard = shard_of(flight.hash);
    const std::scoped_lock lock(shard.mutex);
    change(shard.counts);
  }
  void land(detail::Flight& flight, Result<detail::Fresh> loaded, std::exception_ptr thrown, const Lifetimes& left);
  void abandon(detail::Flight& flight);
  // take_waiters() needs the shard's lock; deliver() is called without it and resumes each waiter on its loop.
  static detail::Waiters take_waiters(detail::Flight& flight);
  static void deliver(detail::Waiters waiters, const std::shared_ptr<const detail::Outcome>& outcome);

  // shared_flights.cpp
  struct FromShared {
    enum class Next : std::uint8_t { load, landed } next = Next::load;
    std::optional<Lease> lease{};
  };
  // A value found there is stored here as well. Landed: the waiters have their result, and no load is needed.
  Task<FromShared> ask_shared(std::shared_ptr<detail::Flight> flight);
  enum class Took : std::uint8_t { nothing, stale, fresh, failed };
  Took take_shared(detail::Flight& flight, const SharedValue& value);
  bool end_if_unwanted(detail::Flight& flight);
  Task<> share(std::shared_ptr<detail::Flight> flight, Lease lease, std::optional<SharedValue> value);

  // The entry, or null when it must not be stored. `known_at`: when its production began.
  std::unique_ptr<detail::Entry> entry_of(std::string key, std::uint64_t hash, const detail::ValueType& type,
                                          const Lifetimes& left, detail::TagMarks marks, const detail::Fresh& fresh,
                                          Clock::Steady known_at) const;
  // False when the entry is older than `unsubscribed_ttl_max` while changes may have been missed.
  [[nodiscard]] bool is_trusted(const detail::Entry& entry, Clock::Steady now) const {
    return subscribed.load(std::memory_order_relaxed) || now < entry.known_at + options.unsubscribed_ttl_max;
  }
  [[nodiscard]] bool is_fresh(const detail::Entry& entry, Clock::Steady now) const {
    return now < entry.fresh_until && is_trusted(entry, now);
  }
};

}  // namespace ashlar::cache
