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

// The second level of a Cache: a store of values that several processes share. redis_level.hpp is one.
namespace ashlar::cache {

// For how long from now on a value may be given; what is over is zero or less.
struct Lifetimes {
  std::chrono::milliseconds fresh{0};
  std::chrono::milliseconds stale{0};  // while another is fetched
  std::chrono::milliseconds error{0};  // when fetching another fails

  [[nodiscard]] std::chrono::milliseconds longest() const { return std::max({fresh, stale, error}); }
};

// What is no longer as it was.
struct Changed {
  std::vector<std::string> keys{};
  std::vector<std::string> tags{};
  enum class Extent : std::uint8_t { named, everything } extent = Extent::named;
};

// A key of the second level. `type` is a print of what its value looks like; a value of another is not found.
struct SharedKey {
  std::string text{};
  std::optional<std::uint64_t> type{};  // nullopt: any
  std::vector<std::string> tags{};
};

struct SharedValue {
  std::optional<std::string> json{};  // nullopt: it is known that there is nothing
  Lifetimes left{};
};

// The right to load a value and put it in, of one process at a time (Nishtala and others: Scaling Memcache at Facebook,
// NSDI 2013, section 3.2.1). It is over after its time, and once its key or one of the tags has changed: what was
// loaded before a change is never kept after it.
struct Lease {
  std::string token{};
  std::vector<std::string> tags{};  // as each was when the lease was given
};

struct SharedAnswer {
  std::optional<SharedValue> value{};  // fresh, or else what may still be given
  std::optional<Lease> lease{};        // when it was wanted, the value is not fresh, and no other process has it
};

// Safe from any thread. It never throws but for a caller that was cancelled, and answers within a time limit of its
// own: an error means that the level is not there now.
class SharedLevel {
 public:
  // Called on a thread of the level's.
  class Listener {
   public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    virtual ~Listener() = default;
    virtual void changed(const Changed& what) = 0;  // by whichever process, this one too
    enum class Subscription : std::uint8_t { lost, begun };
    virtual void on_subscription(Subscription now) = 0;  // changes while it was lost were not received
  };

  SharedLevel() = default;
  SharedLevel(const SharedLevel&) = delete;
  SharedLevel& operator=(const SharedLevel&) = delete;
  virtual ~SharedLevel() = default;

  virtual void listen(std::weak_ptr<Listener> listener) = 0;

  enum class Want : std::uint8_t { value, value_or_lease };
  virtual Task<Result<SharedAnswer>> ask(SharedKey key, Want want) = 0;
  // What the lease was for, and its end. False: the lease was over, and nothing was kept. A value with no time left
  // takes the place of what was there by nothing.
  virtual Task<Result<bool>> put(SharedKey key, Lease lease, SharedValue value) = 0;
  virtual Task<> release(SharedKey key, Lease lease) = 0;  // nothing was loaded

  // In place of what was there, and of what is being loaded.
  virtual Task<> set(SharedKey key, SharedValue value) = 0;
  // When it returns, the level gives nothing of it any more, and every process that could be reached within its time
  // limit knows. What cannot be published now is published as soon as it can be; until then the level is not asked.
  virtual Task<> forget(Changed what) = 0;
};

}  // namespace ashlar::cache
