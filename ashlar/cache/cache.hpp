// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/cache/detail/value_type.hpp"
#include "ashlar/cache/key.hpp"
#include "ashlar/cache/shared_level.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// An in-process cache for values that cost more to produce than to store.
//
//   auto product = co_await unwrap(  // an error comes from the repository
//       cache.get_or_set(cache::key<Product>("product", id), {.ttl = 5min, .tags = {"products"}},
//                        [&repository, id] { return repository.find(id); }));
//   if (!product) co_return fail(product_not_found, "...");  // known to be absent
//
// Values are immutable and shared: a hit copies a pointer, and set() replaces the value. The memory of a value is
// estimated as sizeof(T) plus the length of its JSON; T is a type of schema/. Eviction is S3-FIFO (Yang, Zhang, Qiu,
// Yue, Vigfusson: FIFO queues are all you need for cache eviction, SOSP 2023).
namespace ashlar::cache {

struct CacheOptions {
  std::size_t bytes_max = 64 * 1024 * 1024;   // of all entries and of the records about evicted ones
  std::size_t value_bytes_max = 1024 * 1024;  // larger values are not stored; a quarter of a shard is the limit as well
  std::size_t key_bytes_max = 512;            // longer keys are never stored or found
  std::size_t shards_max = 16;                // each with its own lock and at least 1 MiB
  std::size_t refreshes_max = 64;             // concurrent background refreshes; beyond it a stale value stays stale
  std::chrono::milliseconds load_time_max{10'000};  // of a loader; then server.deadline_exceeded

  // With a second level:
  std::chrono::milliseconds lease_wait_max{1'000};  // for another process's load; then this process loads as well
  std::chrono::milliseconds lease_poll_interval{20};
  // Lifetime of entries while changes by other processes are not received.
  std::chrono::milliseconds unsubscribed_ttl_max{1'000};
};

// The lifetime of a value, and its use after that.
struct Policy {
  std::chrono::milliseconds ttl{60'000};
  unsigned jitter_percent = 10;  // the ttl is shortened at random by up to this, so that entries expire apart
  // How long it may be served after its ttl while one background load fetches a new one (RFC 5861 section 3).
  std::chrono::milliseconds stale_while_revalidate{0};
  // How long it may be served after its ttl when the load fails: with an exception, or an error of kind unavailable,
  // timed_out or internal (RFC 5861 section 4). Other errors are answers and are returned.
  std::chrono::milliseconds stale_if_error{0};
  std::chrono::milliseconds retry_delay{1'000};  // after a failed load, before the next one, while a stale value exists
  std::chrono::milliseconds negative_ttl{0};     // how long an absent value is remembered; 0: not at all
  std::vector<std::string> tags{};               // see invalidate()
};

template <class T>
using Shared = std::shared_ptr<const T>;

struct Statistics {
  std::uint64_t hits = 0;           // of fresh values, including negative ones
  std::uint64_t stale_hits = 0;     // served while revalidating, or because the load failed
  std::uint64_t misses = 0;         // including those that waited for another caller's load
  std::uint64_t loads = 0;          // loaders that were run
  std::uint64_t load_failures = 0;  // by an error, an exception or the time limit
  std::uint64_t evictions = 0;      // to make room
  std::uint64_t entries = 0;        // now
  std::uint64_t bytes = 0;          // now

  struct Shared {  // of the second level, which is queried for what is not fresh in the first
    std::uint64_t hits = 0;
    std::uint64_t stale_hits = 0;  // served while revalidating, here or in another process
    std::uint64_t misses = 0;
    std::uint64_t waits = 0;     // for another process's load
    std::uint64_t failures = 0;  // the level was unavailable
  } shared{};
};

namespace detail {
using Load = std::move_only_function<Task<Result<Fresh>>()>;

enum class Freshness : std::uint8_t { none, stale, fresh };
struct Found {
  Freshness freshness = Freshness::none;
  std::shared_ptr<const void> value{};
};

// `load` outlives the task.
template <class T, class Loader>
Task<Result<Fresh>> run(Loader& load) {
  co_return fresh_of<T>(co_await unwrap(load()));
}
}  // namespace detail

// Safe from any thread; a coroutine uses it on a loop that one thread runs. The clock and the randomness outlive it.
// The second level, if any, outlives it and the running of the loops.
//
// With a second level, a value that is not fresh here is looked up there before it is loaded, one process loads at a
// time, and what one process deletes, sets or invalidates is dropped by all. A level that fails costs its time limit
// once; the call then continues without it.
class Cache {
 public:
  Cache(CacheOptions options, const Clock& clock, Random& random, SharedLevel* shared = nullptr);
  ~Cache();  // closes it
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  // The value, or null when there is no fresh one or it has another type.
  template <class T>
  Task<Shared<T>> get(Key<T> key) {
    auto found = find(key.text(), detail::value_type_of<T>(), Ask::fresh);
    if (found.freshness == detail::Freshness::none)
      found.value = co_await find_shared(key.text(), detail::value_type_of<T>());
    co_return std::static_pointer_cast<const T>(std::move(found.value));
  }

  template <class T>
  Task<> set(Key<T> key, std::type_identity_t<T> value, Policy policy = {}) {
    return put(std::move(key).text(), detail::value_type_of<T>(), std::move(policy),
               detail::fresh_of<T>(std::move(value)));
  }

  // Returns the value. When there is none, runs `load` and stores its result. `load` is called without arguments and
  // returns a Task<Result<T>>, or a Task<Result<std::optional<T>>>, where nullopt means that the value does not exist;
  // it becomes a null pointer here. One load runs per key at a time; concurrent callers, on any loop, wait for it and
  // receive the same value, error or exception. Failures are not stored. The load continues when its callers are
  // cancelled, on the loop of its first caller: `load` and what it refers to must not depend on the callers. A result
  // whose key or tag was deleted, set or invalidated during the load is not stored, and later callers load again.
  template <class T, class Loader>
  Task<Result<Shared<T>>> get_or_set(Key<T> key, Policy policy, Loader load) {
    auto found = find(key.text(), detail::value_type_of<T>(), Ask::stale_too);
    if (found.freshness != detail::Freshness::fresh) {
      detail::Load erased = [load = std::move(load)]() mutable { return detail::run<T>(load); };
      if (found.freshness == detail::Freshness::stale) {
        co_await refresh(std::move(key).text(), detail::value_type_of<T>(), std::move(policy), std::move(erased));
      } else {
        found.value = co_await unwrap(
            load_once(std::move(key).text(), detail::value_type_of<T>(), std::move(policy), std::move(erased)));
      }
    }
    co_return std::static_pointer_cast<const T>(std::move(found.value));
  }

  // How long it stays fresh; nullopt when it is in neither level.
  Task<std::optional<std::chrono::milliseconds>> ttl(std::string key);
  Task<> del(std::string key);
  Task<> flush();
  // Drops every value that was stored with the tag, whatever their number, in one step.
  Task<> invalidate(std::string tag);
  // All of these in one step. It completes even if the caller is cancelled, once it has begun.
  Task<> forget(Changed what);

  [[nodiscard]] Statistics statistics() const;
  // Fails all waiting callers and all later ones with server.overloaded. Call it before one of the loops that used the
  // cache is destroyed; running loads end with their loops.
  void close();

 private:
  enum class Ask : std::uint8_t { fresh, stale_too };
  detail::Found find(const std::string& key, const detail::ValueType& type, Ask ask);
  Task<std::shared_ptr<const void>> find_shared(std::string key, const detail::ValueType& type);
  Task<> put(std::string key, const detail::ValueType& type, Policy policy, detail::Fresh fresh);
  Task<Result<std::shared_ptr<const void>>> load_once(std::string key, const detail::ValueType& type, Policy policy,
                                                      detail::Load load);
  Task<> refresh(std::string key, const detail::ValueType& type, Policy policy, detail::Load load);

  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ashlar::cache
