// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

// Counters that every thread increments without a locked instruction: each thread has a shard of its own, and reading
// sums the shards up. A program has up to `shards_max` - 1 such threads; any further ones share the last shard, where
// an increment is a locked instruction.
namespace ashlar::observe {

inline constexpr std::size_t shards_max = 64;
inline constexpr std::size_t shared_shard = shards_max - 1;

// The calling thread's shard, in 0 .. shards_max - 1. It stays the same for the life of the thread.
[[nodiscard]] inline std::size_t shard_of_thread() {
  static std::atomic<std::size_t> next = 0;
  thread_local const std::size_t mine = std::min(next.fetch_add(1, std::memory_order_relaxed), shared_shard);
  return mine;
}

// One counter of one shard. Only the shard's thread calls add(); any thread calls get().
class Counter {
 public:
  Counter() = default;
  Counter(const Counter& other) : value_(other.get()) {}
  Counter& operator=(const Counter&) = delete;

  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }
  void add(std::uint64_t count) {
    if (shard_of_thread() == shared_shard) {
      value_.fetch_add(count, std::memory_order_relaxed);
    } else {
      value_.store(get() + count, std::memory_order_relaxed);
    }
  }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

}  // namespace ashlar::observe
