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

Cache::State::State(CacheOptions the_options, const Clock& the_clock, Random& the_random)
    : options(the_options), clock(the_clock), random(the_random) {
  random.fill(std::as_writable_bytes(std::span(seed)));
  const std::size_t count =
      std::clamp<std::size_t>(options.bytes_max / shard_bytes_min, 1, std::max<std::size_t>(1, options.shards_max));
  for (std::size_t i = 0; i < count; ++i) shards.push_back(std::make_unique<Shard>(options.bytes_max / count));
  value_bytes_max = std::min(options.value_bytes_max, options.bytes_max / count / 4);
}

detail::Found Cache::State::find(const std::string& key, const schema::Type& type, Ask ask) {
  const std::uint64_t hash = hash_of(key);
  const auto now = clock.steady();
  Shard& shard = shard_of(hash);
  const std::scoped_lock lock(shard.mutex);
  detail::Entry* const entry = shard.store.find(hash, key, now);
  if (entry == nullptr || entry->type != &type) {
    ++shard.counts.misses;
    return {};
  }
  if (now < entry->fresh_until) {
    detail::Store::touch(*entry);
    ++shard.counts.hits;
    return {.freshness = detail::Freshness::fresh, .value = entry->value};
  }
  const bool held_over = now < entry->retry_at;
  if (ask == Ask::fresh || (!held_over && now >= entry->stale_until)) {
    ++shard.counts.misses;
    return {};
  }
  detail::Store::touch(*entry);
  ++shard.counts.stale_hits;
  return {.freshness = held_over ? detail::Freshness::fresh : detail::Freshness::stale, .value = entry->value};
}

void Cache::State::put(std::string key, const schema::Type& type, const Policy& policy, detail::Fresh fresh) {
  const std::uint64_t hash = hash_of(key);
  auto entry = entry_of(key, hash, type, policy, tags.mark(policy.tags), fresh);
  Shard& shard = shard_of(hash);
  const std::scoped_lock lock(shard.mutex);
  shard.detach(hash);
  if (entry) {
    shard.store.put(std::move(entry));
  } else {
    shard.store.erase(hash, key);
  }
}

std::unique_ptr<detail::Entry> Cache::State::entry_of(std::string key, std::uint64_t hash, const schema::Type& type,
                                                      const Policy& policy, detail::TagMarks marks,
                                                      const detail::Fresh& fresh) {
  const auto lifetime = fresh.value ? jittered(policy) : policy.negative_ttl;
  if (lifetime.count() <= 0 || key.size() > options.key_bytes_max || fresh.bytes > value_bytes_max) return nullptr;
  auto entry = std::make_unique<detail::Entry>();
  entry->bytes = detail::Store::entry_bytes + key.size() + marks.size() * sizeof(detail::TagMark) + fresh.bytes;
  entry->key = std::move(key);
  entry->hash = hash;
  entry->type = &type;
  entry->value = fresh.value;
  entry->fresh_until = clock.steady() + lifetime;
  entry->stale_until = entry->fresh_until;
  entry->gone_at = entry->fresh_until;
  if (fresh.value) {
    entry->stale_until += policy.stale_while_revalidate;
    entry->gone_at += std::max(policy.stale_while_revalidate, policy.stale_if_error);
    entry->error_until = entry->fresh_until + policy.stale_if_error;
  }
  entry->tags = std::move(marks);
  return entry;
}

std::chrono::milliseconds Cache::State::jittered(const Policy& policy) {
  const auto percent = std::min(policy.jitter_percent, 100U);
  if (percent == 0) return policy.ttl;
  std::uint32_t chance = 0;
  random.fill(std::as_writable_bytes(std::span(&chance, 1)));
  const double cut = static_cast<double>(policy.ttl.count()) * percent / 100.0 * chance / 4294967296.0;
  return policy.ttl - std::chrono::milliseconds(static_cast<std::int64_t>(cut));
}

std::optional<std::chrono::milliseconds> Cache::State::ttl(const std::string& key) {
  const std::uint64_t hash = hash_of(key);
  const auto now = clock.steady();
  Shard& shard = shard_of(hash);
  const std::scoped_lock lock(shard.mutex);
  const detail::Entry* const entry = shard.store.find(hash, key, now);
  if (entry == nullptr || now >= entry->fresh_until) return std::nullopt;
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
  }
  return out;
}

}  // namespace ashlar::cache
