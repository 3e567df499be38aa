// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/memory_rate_limits.hpp"

#include "ashlar/core/random.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <new>
#include <span>

namespace ashlar::api {

namespace {

constexpr std::size_t shard_count = 16;
constexpr std::size_t ways = 8;
constexpr std::int64_t nanoseconds_a_millisecond = 1'000'000;
constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;

// splitmix64's finalizer: spreads each bit of the input over all of the output.
constexpr std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::uint64_t hash_of(const RateLimitKey& key, std::uint64_t seed) {
  return mixed(mixed(mixed(key.client_high ^ seed) + key.client_low + seed) ^ (key.limit + 0x9e3779b97f4a7c15ULL));
}

std::chrono::seconds seconds_up(std::int64_t nanoseconds) {
  return std::chrono::seconds((std::max<std::int64_t>(0, nanoseconds) + nanoseconds_a_second - 1) /
                              nanoseconds_a_second);
}

std::int64_t nanoseconds(Clock::Steady time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

constexpr std::int64_t divided_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

struct MemoryRateLimits::Entry {
  RateLimitKey key;
  std::int64_t ends;     // when it expires; 0: never used
  std::int64_t at;       // windows: the start of this one; a bucket: when it is full again
  std::uint32_t taken;   // in this window
  std::uint32_t before;  // in the previous one
};

struct alignas(64) MemoryRateLimits::Shard {
  mutable std::mutex mutex;
};

void MemoryRateLimits::Free::operator()(Entry* entries) const { std::free(entries); }

MemoryRateLimits::MemoryRateLimits(std::size_t clients_max)
    : seed_(0),
      buckets_(std::max<std::size_t>(1, clients_max / ways)),
      // calloc returns zeros without touching the pages.
      entries_(static_cast<Entry*>(std::calloc(buckets_ * ways, sizeof(Entry)))),
      shards_(std::make_unique<Shard[]>(shard_count)) {
  if (!entries_) throw std::bad_alloc();
  SystemRandom().fill(std::as_writable_bytes(std::span(&seed_, 1)));
}
MemoryRateLimits::~MemoryRateLimits() = default;

// Returns the key's entry; else assigns it an expired one, or else the one that expires first.
MemoryRateLimits::Entry& MemoryRateLimits::find(Entry* bucket, const RateLimitKey& key, std::int64_t now) const {
  Entry* oldest = bucket;
  for (Entry* entry = bucket; entry != bucket + ways; ++entry) {
    if (entry->ends != 0 && entry->key == key) {
      if (entry->ends <= now) *entry = {.key = key, .ends = 0, .at = now, .taken = 0, .before = 0};
      return *entry;
    }
    if (entry->ends < oldest->ends) oldest = entry;
  }
  *oldest = {.key = key, .ends = 0, .at = now, .taken = 0, .before = 0};
  return *oldest;
}

namespace {

template <class Entry>
RateLimitDecision take_fixed(Entry& entry, const RateLimit& limit, std::int64_t now) {
  entry.ends = entry.at + limit.window.count() * nanoseconds_a_second;
  const bool allowed = entry.taken < limit.requests;
  if (allowed) ++entry.taken;
  const auto left = seconds_up(entry.ends - now);
  return {.allowed = allowed,
          .limit = limit.requests,
          .remaining = limit.requests - std::min(entry.taken, limit.requests),
          .reset_after = left,
          .retry_after = allowed ? std::chrono::seconds(0) : left};
}

// In milliseconds, so that products fit: see RateLimit::validate.
template <class Entry>
RateLimitDecision take_sliding(Entry& entry, const RateLimit& limit, std::int64_t now) {
  const std::int64_t window = limit.window.count() * 1000;
  std::int64_t elapsed = (now - entry.at) / nanoseconds_a_millisecond;
  if (elapsed >= window) {  // and less than two, or the entry would have expired
    entry.before = entry.taken;
    entry.taken = 0;
    entry.at += window * nanoseconds_a_millisecond;
    elapsed -= window;
  }
  const std::int64_t requests = limit.requests;
  const std::int64_t weight = entry.before * (window - elapsed);  // of the previous window, times `window`
  const bool allowed = weight + (entry.taken + std::int64_t{1}) * window <= requests * window;
  if (allowed) ++entry.taken;
  entry.ends = entry.at + 2 * window * nanoseconds_a_millisecond;

  std::int64_t retry = 0;
  if (!allowed && entry.taken < requests) {  // the previous window fades
    retry = window - (requests - entry.taken - 1) * window / entry.before - elapsed;
  } else if (!allowed) {  // this one must become the previous one, and fade
    retry = window - elapsed + divided_up(window, requests);
  }
  const std::int64_t reset = entry.taken > 0 ? 2 * window - elapsed : entry.before > 0 ? window - elapsed : 0;
  const std::int64_t used = entry.taken + divided_up(weight, window);
  return {.allowed = allowed,
          .limit = limit.requests,
          .remaining = static_cast<std::uint32_t>(std::max<std::int64_t>(0, requests - used)),
          .reset_after = seconds_up(reset * nanoseconds_a_millisecond),
          .retry_after = seconds_up(retry * nanoseconds_a_millisecond)};
}

// The generic cell rate algorithm: the only state is the time when the bucket is full again.
template <class Entry>
RateLimitDecision take_token(Entry& entry, const RateLimit& limit, std::int64_t now) {
  const std::int64_t interval = limit.window.count() * nanoseconds_a_second / limit.requests;
  const std::int64_t burst = limit.burst == 0 ? limit.requests : limit.burst;
  const std::int64_t whole_at = std::max(entry.at, now);
  const std::int64_t room = burst * interval - (whole_at - now);
  const bool allowed = room >= interval;
  entry.at = allowed ? whole_at + interval : whole_at;
  entry.ends = std::max<std::int64_t>(entry.at, 1);
  const std::int64_t left = allowed ? room - interval : room;
  return {.allowed = allowed,
          .limit = static_cast<std::uint32_t>(burst),
          .remaining = static_cast<std::uint32_t>(left / interval),
          .reset_after = seconds_up(entry.at - now),
          .retry_after = allowed ? std::chrono::seconds(0) : seconds_up(interval - room)};
}

}  // namespace

std::size_t MemoryRateLimits::bucket_of(const RateLimitKey& key) const {
  return (hash_of(key, seed_) >> 32) * buckets_ >> 32;
}

RateLimitDecision MemoryRateLimits::take(const RateLimitKey& key, const RateLimit& limit, Clock::Steady now) {
  const std::size_t bucket = bucket_of(key);
  const std::int64_t at = nanoseconds(now);
  const std::lock_guard lock(shards_[bucket % shard_count].mutex);
  Entry& entry = find(entries_.get() + bucket * ways, key, at);
  switch (limit.algorithm) {
    case RateLimit::Algorithm::fixed_window:
      break;
    case RateLimit::Algorithm::sliding_window:
      return take_sliding(entry, limit, at);
    case RateLimit::Algorithm::token_bucket:
      return take_token(entry, limit, at);
  }
  return take_fixed(entry, limit, at);
}

void MemoryRateLimits::put_back(const RateLimitKey& key, const RateLimit& limit, Clock::Steady now) {
  const std::size_t bucket = bucket_of(key);
  const std::int64_t at = nanoseconds(now);
  const std::lock_guard lock(shards_[bucket % shard_count].mutex);
  const std::span<Entry> ways_of(entries_.get() + bucket * ways, ways);
  const auto entry =
      std::ranges::find_if(ways_of, [&](const Entry& each) { return each.ends > at && each.key == key; });
  if (entry == ways_of.end()) return;
  if (limit.algorithm == RateLimit::Algorithm::token_bucket) {
    entry->at -= limit.window.count() * nanoseconds_a_second / limit.requests;
    entry->ends = entry->at;
  } else if (entry->taken > 0) {
    --entry->taken;
  }
  // An entry without counts becomes free.
  const bool counts =
      limit.algorithm == RateLimit::Algorithm::token_bucket ? entry->ends > at : entry->taken + entry->before > 0;
  if (!counts) *entry = {};
}

Task<> MemoryRateLimits::give_back(RateLimitKey key, const RateLimit& limit, Clock::Steady now) {
  put_back(key, limit, now);
  co_return;
}

Task<RateLimitDecision> MemoryRateLimits::take_later(RateLimitKey key, const RateLimit& limit, Clock::Steady now) {
  co_return take(key, limit, now);
}

std::size_t MemoryRateLimits::size() const {
  std::size_t used = 0;
  for (std::size_t bucket = 0; bucket < buckets_; ++bucket) {
    const std::lock_guard lock(shards_[bucket % shard_count].mutex);
    for (std::size_t i = 0; i < ways; ++i) used += entries_[bucket * ways + i].ends != 0 ? 1 : 0;
  }
  return used;
}

std::size_t MemoryRateLimits::memory_bytes() const { return buckets_ * ways * sizeof(Entry); }

}  // namespace ashlar::api
