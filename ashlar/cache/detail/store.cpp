// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/detail/store.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::cache::detail {

void Store::Queue::push(Entry& entry) {
  entry.older = newest;
  entry.newer = nullptr;
  (newest != nullptr ? newest->newer : oldest) = &entry;
  newest = &entry;
  bytes += entry.bytes;
  ++size;
}

void Store::Queue::remove(Entry& entry) {
  (entry.newer != nullptr ? entry.newer->older : newest) = entry.older;
  (entry.older != nullptr ? entry.older->newer : oldest) = entry.newer;
  entry.newer = entry.older = nullptr;
  bytes -= entry.bytes;
  --size;
}

Store::~Store() = default;

Entry* Store::find(std::uint64_t hash, std::string_view key, Clock::Steady now) {
  const auto at = entries_.find(hash);
  if (at == entries_.end() || at->second->key != key) return nullptr;
  Entry& entry = *at->second;
  const bool holds = std::ranges::all_of(entry.tags, [](const TagMark& mark) { return mark.holds(); });
  if (now < entry.gone_at && holds) return &entry;
  drop(entry);
  return nullptr;
}

void Store::put(std::unique_ptr<Entry> entry) {
  if (const auto at = entries_.find(entry->hash); at != entries_.end()) {
    // The new value inherits the uses and the queue of the old one.
    entry->in_main = at->second->in_main;
    entry->hits = at->second->hits;
    drop(*at->second);
  } else if (ghosts_.erase(entry->hash) > 0) {
    entry->in_main = true;
  }
  while (bytes() + entry->bytes > bytes_max_ && (!entries_.empty() || !ghosts_.empty())) evict();
  if (entry->bytes > bytes_max_) return;
  Entry& kept = *entry;
  entries_[kept.hash] = std::move(entry);
  queue_of(kept).push(kept);
}

void Store::erase(std::uint64_t hash, std::string_view key) {
  const auto at = entries_.find(hash);
  if (at != entries_.end() && at->second->key == key) drop(*at->second);
}

void Store::clear() {
  entries_.clear();
  small_ = main_ = {};
  ghosts_.clear();
  ghost_order_.clear();
}

void Store::drop(Entry& entry) {
  queue_of(entry).remove(entry);
  entries_.erase(entries_.find(entry.hash));
}

void Store::evict() {
  if (entries_.empty()) return forget_oldest_ghost();
  if (small_.size > 0 && (small_.bytes * 10 >= bytes_max_ || main_.size == 0)) return evict_from_small();
  if (main_.size > 0) return evict_from_main();
  evict_from_small();
}

void Store::evict_from_small() {
  while (small_.oldest != nullptr) {
    Entry& entry = *small_.oldest;
    if (entry.hits <= 1) {
      remember(entry.hash);
      ++evictions_;
      return drop(entry);
    }
    small_.remove(entry);
    entry.in_main = true;
    entry.hits = 0;
    main_.push(entry);
  }
  evict_from_main();
}

void Store::evict_from_main() {
  while (main_.oldest != nullptr) {  // terminates: each round removes a hit
    Entry& entry = *main_.oldest;
    if (entry.hits == 0) {
      ++evictions_;
      return drop(entry);
    }
    --entry.hits;
    main_.remove(entry);
    main_.push(entry);
  }
}

// As many as there are entries in the main queue, or in total while that is small.
void Store::remember(std::uint64_t hash) {
  ghosts_[hash] = ++ghost_number_;
  ghost_order_.push_back({.hash = hash, .number = ghost_number_});
  while (ghost_order_.size() > std::max(main_.size, entries_.size())) forget_oldest_ghost();
}

void Store::forget_oldest_ghost() {
  const Ghost oldest = ghost_order_.front();
  ghost_order_.pop_front();
  const auto at = ghosts_.find(oldest.hash);
  if (at != ghosts_.end() && at->second == oldest.number) ghosts_.erase(at);
}

}  // namespace ashlar::cache::detail
