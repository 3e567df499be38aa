// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/detail/state.hpp"

#include <algorithm>
#include <cassert>
#include <span>
#include <utility>

namespace ashlar::cache {
namespace {

constexpr std::size_t shard_bytes_min = 1024 * 1024;

}  // namespace

Cache::State::State(CacheOptions the_options, const Clock& the_clock, Random& the_random, SharedLevel* the_shared)
    : options(the_options),
      clock(the_clock),
      random(the_random),
      shared(the_shared),
      subscribed(the_shared == nullptr) {
  random.fill(std::as_writable_bytes(std::span(seed)));
  const std::size_t count =
      std::clamp<std::size_t>(options.bytes_max / shard_bytes_min, 1, std::max<std::size_t>(1, options.shards_max));
  for (std::size_t i = 0; i < count; ++i) shards.push_back(std::make_unique<Shard>(options.bytes_max / count));
  value_bytes_max = std::min(options.value_bytes_max, options.bytes_max / count / 4);
}

detail::Found Cache::State::find(const std::string& key, const detail::ValueType& type, Ask ask) {
  const std::uint64_t hash = hash_of(key);
  const auto now = clock.steady();
  Shard& shard = shard_of(hash);
  const std::scoped_lock lock(shard.mutex);
  detail::Entry* const entry = shard.store.find(hash, key, now);
  if (entry == nullptr || entry->type != &type) {
    ++shard.counts.misses;
    return {};
  }
  if (is_fresh(*entry, now)) {
    detail::Store::touch(*entry);
    ++shard.counts.hits;
    return {.freshness = detail::Freshness::fresh, .value = entry->value};
  }
  const bool held_over = now < entry->retry_at;
  if (ask == Ask::fresh || (!held_over && (now >= entry->stale_until || !is_trusted(*entry, now)))) {
    ++shard.counts.misses;
    return {};
  }
  detail::Store::touch(*entry);
  ++shard.counts.stale_hits;
  return {.freshness = held_over ? detail::Freshness::fresh : detail::Freshness::stale, .value = entry->value};
}

void Cache::State::put(std::string key, const detail::ValueType& type, const Policy& policy, const Lifetimes& left,
                       const detail::Fresh& fresh) {
  const std::uint64_t hash = hash_of(key);
  auto entry = entry_of(key, hash, type, left, tags.mark(policy.tags), fresh, clock.steady());
  Shard& shard = shard_of(hash);
  const std::scoped_lock lock(shard.mutex);
  shard.detach(hash);
  if (entry) {
    shard.store.put(std::move(entry));
  } else {
    shard.store.erase(hash, key);
  }
}

std::unique_ptr<detail::Entry> Cache::State::entry_of(std::string key, std::uint64_t hash,
                                                      const detail::ValueType& type, const Lifetimes& left,
                                                      detail::TagMarks marks, const detail::Fresh& fresh,
                                                      Clock::Steady known_at) const {
  if (left.longest().count() <= 0 || key.size() > options.key_bytes_max || fresh.bytes > value_bytes_max)
    return nullptr;
  auto entry = std::make_unique<detail::Entry>();
  entry->bytes = detail::Store::entry_bytes + key.size() + marks.size() * sizeof(detail::TagMark) + fresh.bytes;
  entry->key = std::move(key);
  entry->hash = hash;
  entry->type = &type;
  entry->value = fresh.value;
  const auto now = clock.steady();
  entry->known_at = known_at;
  entry->fresh_until = now + left.fresh;
  entry->stale_until = now + left.stale;
  entry->error_until = now + left.error;
  entry->gone_at = now + left.longest();
  entry->tags = std::move(marks);
  return entry;
}

Lifetimes Cache::State::lifetimes_of(const Policy& policy, const detail::Fresh& fresh) const {
  if (!fresh.value) return {.fresh = policy.negative_ttl};
  const auto percent = std::min(policy.jitter_percent, 100U);
  auto ttl = policy.ttl;
  if (percent > 0) {
    std::uint32_t chance = 0;
    random.fill(std::as_writable_bytes(std::span(&chance, 1)));
    const double cut = static_cast<double>(ttl.count()) * percent / 100.0 * chance / 4294967296.0;
    ttl -= std::chrono::milliseconds(static_cast<std::int64_t>(cut));
  }
  if (ttl.count() <= 0) return {};
  return {.fresh = ttl, .stale = ttl + policy.stale_while_revalidate, .error = ttl + policy.stale_if_error};
}

std::optional<std::chrono::milliseconds> Cache::State::ttl(const std::string& key) {
  const std::uint64_t hash = hash_of(key);
  const auto now = clock.steady();
  Shard& shard = shard_of(hash);
  const std::scoped_lock lock(shard.mutex);
  const detail::Entry* const entry = shard.store.find(hash, key, now);
  if (entry == nullptr || !is_fresh(*entry, now)) return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(entry->fresh_until - now);
}

void Cache::State::erase(const std::string& key) {
  const std::uint64_t hash = hash_of(key);
  Shard& shard = shard_of(hash);
  const std::scoped_lock lock(shard.mutex);
  shard.detach(hash);
  shard.store.erase(hash, key);
}

void Cache::State::flush() {
  for (const auto& shard : shards) {
    const std::scoped_lock lock(shard->mutex);
    for (const auto& flight : shard->running) flight->kept = false;
    shard->flights.clear();
    shard->store.clear();
  }
}

void Cache::State::forget_here(const Changed& what) {
  if (what.extent == Changed::Extent::everything) return flush();
  for (const auto& key : what.keys) erase(key);
  for (const auto& tag : what.tags) tags.invalidate(tag);
}

// A load that began before the subscription is not stored: it may have missed a change.
void Cache::State::on_subscription(Subscription now) {
  if (now == Subscription::begun) flush();
  subscribed = now == Subscription::begun;
}

Statistics Cache::State::statistics() const {
  Statistics out;
  for (const auto& shard : shards) {
    const std::scoped_lock lock(shard->mutex);
    out.hits += shard->counts.hits;
    out.stale_hits += shard->counts.stale_hits;
    out.misses += shard->counts.misses;
    out.loads += shard->counts.loads;
    out.load_failures += shard->counts.load_failures;
    out.evictions += shard->store.evictions();
    out.entries += shard->store.size();
    out.bytes += shard->store.bytes();
    out.shared.hits += shard->counts.shared.hits;
    out.shared.stale_hits += shard->counts.shared.stale_hits;
    out.shared.misses += shard->counts.shared.misses;
    out.shared.waits += shard->counts.shared.waits;
    out.shared.failures += shard->counts.shared.failures;
  }
  return out;
}

}  // namespace ashlar::cache
