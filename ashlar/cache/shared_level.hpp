// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The second level of a Cache: a store of values that several processes share. redis_level.hpp implements one.
namespace ashlar::cache {

// How much longer a value may be served; zero or less: expired.
struct Lifetimes {
  std::chrono::milliseconds fresh{0};
  std::chrono::milliseconds stale{0};  // while a new one is fetched
  std::chrono::milliseconds error{0};  // when fetching a new one fails

  [[nodiscard]] std::chrono::milliseconds longest() const { return std::max({fresh, stale, error}); }
};

// The values that have changed.
struct Changed {
  std::vector<std::string> keys{};
  std::vector<std::string> tags{};
  enum class Extent : std::uint8_t { named, everything } extent = Extent::named;
};

// A key of the second level. `type` is a fingerprint of the value's type; a value of another type is not found.
struct SharedKey {
  std::string text{};
  std::optional<std::uint64_t> type{};  // nullopt: any
  std::vector<std::string> tags{};
};

struct SharedValue {
  std::optional<std::string> json{};  // nullopt: the value is known not to exist
  Lifetimes left{};
};

// The right to load and store a value, held by one process at a time (Nishtala and others: Scaling Memcache at
// Facebook, NSDI 2013, section 3.2.1). It ends after its time, and when its key or one of the tags changes: a value
// that was loaded before a change is never stored after it.
struct Lease {
  std::string token{};
  std::vector<std::string> tags{};  // the state of each when the lease was granted
};

struct SharedAnswer {
  std::optional<SharedValue> value{};  // fresh, or else one that may still be served
  std::optional<Lease> lease{};  // when one was requested, the value is not fresh, and no other process has the lease
};

// Safe from any thread. It throws only for a cancelled caller, and answers within its own time limit. An error means
// that the level is unavailable.
class SharedLevel {
 public:
  // Called on a thread of the level.
  class Listener {
   public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    virtual ~Listener() = default;
    virtual void changed(const Changed& what) = 0;  // by any process, including this one
    enum class Subscription : std::uint8_t { lost, begun };
    virtual void on_subscription(Subscription now) = 0;  // changes during a lost subscription were not received
  };

  SharedLevel() = default;
  SharedLevel(const SharedLevel&) = delete;
  SharedLevel& operator=(const SharedLevel&) = delete;
  virtual ~SharedLevel() = default;

  virtual void listen(std::weak_ptr<Listener> listener) = 0;

  enum class Want : std::uint8_t { value, value_or_lease };
  virtual Task<Result<SharedAnswer>> ask(SharedKey key, Want want) = 0;
  // Stores the value for which the lease was granted, and ends the lease. False: the lease had ended, and nothing was
  // stored. A value without remaining lifetime removes the stored one.
  virtual Task<Result<bool>> put(SharedKey key, Lease lease, SharedValue value) = 0;
  virtual Task<> release(SharedKey key, Lease lease) = 0;  // nothing was loaded

  // Replaces the stored value and cancels a running load's lease.
  virtual Task<> set(SharedKey key, SharedValue value) = 0;
  // When it returns, the level no longer serves these values, and every process that could be reached within the time
  // limit knows. A change that cannot be published is published later; until then the level is not read.
  virtual Task<> forget(Changed what) = 0;
};

}  // namespace ashlar::cache
