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

// A cache in the process's memory, for values that cost more to make than to keep.
//
//   auto product = co_await unwrap(  // an error is the repository's own
//       cache.get_or_set(cache::key<Product>("product", id), {.ttl = 5min, .tags = {"products"}},
//                        [&repository, id] { return repository.find(id); }));
//   if (!product) co_return fail(product_not_found, "...");  // known to be nothing
//
// Values are kept as they are and shared: a hit copies a pointer. They never change; set() puts another in their place.
// How much memory one takes is estimated, as sizeof(T) and the length of its JSON; T is a type of schema/. Eviction is
// S3-FIFO (Yang, Zhang, Qiu, Yue, Vigfusson: FIFO queues are all you need for cache eviction, SOSP 2023).
namespace ashlar::cache {

struct CacheOptions {
  std::size_t bytes_max = 64 * 1024 * 1024;         // of all entries and what is known of the evicted ones
  std::size_t value_bytes_max = 1024 * 1024;        // larger ones are not kept; at most a quarter of a shard either
  std::size_t key_bytes_max = 512;                  // longer ones are never found and never kept
  std::size_t shards_max = 16;                      // each with a lock of its own and at least 1 MiB
  std::size_t refreshes_max = 64;                   // behind stale values, at once; beyond, what is stale stays so
  std::chrono::milliseconds load_time_max{10'000};  // of a loader; then server.deadline_exceeded

  // With a second level:
  std::chrono::milliseconds lease_wait_max{1'000};  // for another process's load; then a load of one's own
  std::chrono::milliseconds lease_poll_interval{20};
  // Of what is kept here while changes elsewhere are not received.
  std::chrono::milliseconds unsubscribed_ttl_max{1'000};
};

// For how long a value is kept, and what may be done with it when that is over.
struct Policy {
  std::chrono::milliseconds ttl{60'000};
  unsigned jitter_percent = 10;  // the ttl is made shorter by up to so much, at random: what came together ends apart
  // After its ttl it is still given for so long, while one load behind it fetches a new one (RFC 5861 section 3).
  std::chrono::milliseconds stale_while_revalidate{0};
  // After its ttl it is given for so long when the load fails: an exception, or an error of kind unavailable, timed_out
  // or internal (RFC 5861 section 4). Other errors are answers and are told.
  std::chrono::milliseconds stale_if_error{0};
  std::chrono::milliseconds retry_delay{
      1'000};                                 // after a failed load, until the next one, while there is a stale value
  std::chrono::milliseconds negative_ttl{0};  // that there is nothing is known for so long; 0: asked anew each time
  std::vector<std::string> tags{};            // see invalidate()
};

template <class T>
using Shared = std::shared_ptr<const T>;

struct Statistics {
  std::uint64_t hits = 0;           // fresh ones, negative ones among them
  std::uint64_t stale_hits = 0;     // given while revalidating, or because the load failed
  std::uint64_t misses = 0;         // those that waited for another's load among them
  std::uint64_t loads = 0;          // loaders that were run
  std::uint64_t load_failures = 0;  // by an error, an exception or time
  std::uint64_t evictions = 0;      // for room
  std::uint64_t entries = 0;        // now
  std::uint64_t bytes = 0;          // now

  struct Shared {  // of the second level, which is asked for what is not fresh in the first
    std::uint64_t hits = 0;
    std::uint64_t stale_hits = 0;  // given while revalidating, here or elsewhere
    std::uint64_t misses = 0;
    std::uint64_t waits = 0;     // for another process's load
    std::uint64_t failures = 0;  // it was not there
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

// Safe from any thread; coroutines use it on loops that one thread each runs. Outlived by its clock and its chance, and
// by the second level if it has one, which outlives the running of the loops as well.
//
// With a second level, what is not fresh here is asked for there before it is loaded, one process loads at a time, and
// what is deleted, set or invalidated in one process is forgotten by all. A level that fails costs its time limit once,
// and is gone on without.
class Cache {
 public:
  Cache(CacheOptions options, const Clock& clock, Random& random, SharedLevel* shared = nullptr);
  ~Cache();  // closes it
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  // The value, or null when there is none that is fresh, or when it is of another type.
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

  // The value; when there is none, what `load` makes, which is kept. `load` is called without arguments and gives a
  // Task<Result<T>>, or a Task<Result<std::optional<T>>>: nullopt means that there is nothing, and is a null pointer
  // here. One load runs for a key at a time; who asks meanwhile, on any loop, waits for it and is told the same, its
  // error or exception, too. Nothing of a failure is kept.
  // The load goes on when its callers are cancelled, on the loop of the one who began it: `load` and what it refers to
  // must not need them. What was deleted, set or invalidated while it ran is not kept, and who asks then loads anew.
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

  // How long it stays fresh; nullopt when it is not there, in either level.
  Task<std::optional<std::chrono::milliseconds>> ttl(std::string key);
  Task<> del(std::string key);
  Task<> flush();
  // Forgets every value that was kept with the tag, whatever their number, in one step.
  Task<> invalidate(std::string tag);
  // All of these in one step. A caller that is cancelled has done it all the same, if it was begun.
  Task<> forget(Changed what);

  [[nodiscard]] Statistics statistics() const;
  // Tells everybody who waits server.overloaded, and who asks later, too. To be called before one of the loops that
  // used the cache is destroyed; loads that are running end with their loops.
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
