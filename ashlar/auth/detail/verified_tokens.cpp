// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/verified_tokens.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace ashlar::auth::detail {
namespace {

// Of the last 16 bytes: they are of the signature, which is as good as random for every token that comes in here.
std::uint64_t hash_of(std::string_view token) {
  assert(token.size() >= 16);
  std::uint64_t a = 0, b = 0;
  std::memcpy(&a, token.data() + token.size() - 16, 8);
  std::memcpy(&b, token.data() + token.size() - 8, 8);
  std::uint64_t h = (a * 0x9e3779b97f4a7c15U) ^ (b * 0xc2b2ae3d27d4eb4fU);
  h ^= h >> 32U;
  h *= 0xd6e8feb86659fd93U;
  return h ^ (h >> 29U);
}

}  // namespace

VerifiedTokens::VerifiedTokens(std::size_t entries_max)
    : shards_in_use_(entries_max >= shards_max * ways_max ? shards_max : 1),
      ways_(std::min(entries_max, ways_max)),
      sets_(ways_ == 0 ? 0 : entries_max / shards_in_use_ / ways_) {}

VerifiedToken VerifiedTokens::find(std::string_view token, std::uint64_t keys) {
  if (sets_ == 0) return {};
  const std::uint64_t hash = hash_of(token);
  Shard& shard = shards_[hash % shards_in_use_];
  const std::size_t first = hash / shards_max % sets_ * ways_;
  const std::scoped_lock lock(shard.mutex);
  if (shard.entries.empty()) return {};
  for (std::size_t i = first; i < first + ways_; ++i) {
    Entry& entry = shard.entries[i];
    if (entry.hash != hash || entry.keys != keys || entry.token != token) continue;
    entry.used = true;
    return entry.verified;
  }
  return {};
}

void VerifiedTokens::keep(std::string_view token, VerifiedToken verified, Timestamp now, std::uint64_t keys) {
  if (sets_ == 0) return;
  const std::uint64_t hash = hash_of(token);
  Shard& shard = shards_[hash % shards_in_use_];
  Entry fresh{.hash = hash, .keys = keys, .token = std::string(token), .verified = std::move(verified), .used = false};
  const std::scoped_lock lock(shard.mutex);
  if (shard.entries.empty()) shard.entries.resize(sets_ * ways_);
  Entry* set = &shard.entries[hash / shards_max % sets_ * ways_];
  const auto same = std::find_if(set, set + ways_, [&](const Entry& e) { return e.token == fresh.token; });
  std::swap(same != set + ways_ ? *same : place_for(set, now), fresh);  // what was there ends after the lock
}

VerifiedTokens::Entry& VerifiedTokens::place_for(Entry* set, Timestamp now) const {
  for (Entry* e = set; e != set + ways_; ++e) {
    if (e->token.empty() || e->verified.expires_at <= now) return *e;
  }
  for (Entry* e = set; e != set + ways_; ++e) {
    if (!e->used) return *e;
  }
  for (Entry* e = set; e != set + ways_; ++e) e->used = false;
  return *set;
}

std::size_t VerifiedTokens::size() const {
  std::size_t out = 0;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    out +=
        static_cast<std::size_t>(std::ranges::count_if(shard.entries, [](const Entry& e) { return !e.token.empty(); }));
  }
  return out;
}

}  // namespace ashlar::auth::detail
