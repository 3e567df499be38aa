// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/cache/detail/tags.hpp"
#include "ashlar/cache/detail/value_type.hpp"
#include "ashlar/core/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ashlar::cache::detail {

// A stored value.
struct Entry {
  std::string key;
  std::uint64_t hash = 0;
  const ValueType* type = nullptr;
  std::shared_ptr<const void> value{};  // null: the value is known not to exist
  std::size_t bytes = 0;                // including the key and this entry
  Clock::Steady known_at{};             // the value was current then, or later
  Clock::Steady fresh_until{};
  Clock::Steady stale_until{};  // may be served while it is revalidated
  Clock::Steady error_until{};  // may be served when the load fails
  Clock::Steady gone_at{};      // the latest of the three
  Clock::Steady retry_at{};     // after a failed load: served without another load until then
  TagMarks tags{};

  std::uint8_t hits = 0;  // hits since the last eviction check, up to 3
  bool in_main = false;
  Entry* newer = nullptr;
  Entry* older = nullptr;
};

// Entries bounded by their bytes, evicted by S3-FIFO. A new entry goes into the small queue, a tenth of the room. When
// it reaches the end of that queue, it moves to the main queue if it was used more than once; otherwise it is evicted
// and leaves its hash behind. A key whose hash is still known goes directly into the main queue, where used entries get
// another round. A hit writes one byte. Not thread-safe. Hashes cover the whole key and use a secret seed.
class Store {
 public:
  explicit Store(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // The entry of the key if it is not past `gone_at` and its tags hold; otherwise null, and the entry is removed.
  Entry* find(std::uint64_t hash, std::string_view key, Clock::Steady now);
  // Counts a use.
  static void touch(Entry& entry) { entry.hits = entry.hits < 3 ? entry.hits + 1 : 3; }
  // Replaces the entry of the same key. Evicts others until there is room.
  void put(std::unique_ptr<Entry> entry);
  void erase(std::uint64_t hash, std::string_view key);
  void clear();

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return small_.bytes + main_.bytes + ghosts_.size() * ghost_bytes; }
  [[nodiscard]] std::uint64_t evictions() const { return evictions_; }

  static constexpr std::size_t entry_bytes = sizeof(Entry) + 96;  // its node in the table and its value's counters
  static constexpr std::size_t ghost_bytes = 64;

 private:
  struct Queue {
    Entry* newest = nullptr;
    Entry* oldest = nullptr;
    std::size_t bytes = 0;
    std::size_t size = 0;

    void push(Entry& entry);
    void remove(Entry& entry);
  };
  Queue& queue_of(const Entry& entry) { return entry.in_main ? main_ : small_; }
  void drop(Entry& entry);
  void evict();
  void evict_from_small();
  void evict_from_main();
  void remember(std::uint64_t hash);
  void forget_oldest_ghost();

  struct Ghost {
    std::uint64_t hash;
    std::uint64_t number;
  };

  std::size_t bytes_max_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Entry>> entries_;
  Queue small_, main_;
  std::unordered_map<std::uint64_t, std::uint64_t> ghosts_;  // the hash and its latest sequence number
  std::deque<Ghost> ghost_order_;
  std::uint64_t ghost_number_ = 0;
  std::uint64_t evictions_ = 0;
};

}  // namespace ashlar::cache::detail
