// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/authority_cache.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::auth {

AuthorityCache::AuthorityCache(AuthorityCacheOptions options)
    : slots_max_(std::max<std::size_t>(1, options.accounts_max / shards_count)) {}

// The upper bits choose the shard: unordered_map takes the lower ones.
AuthorityCache::Shard& AuthorityCache::shard_of(const Uuid& account) const {
  const std::uint64_t mixed = std::hash<Uuid>{}(account) * 0x9e3779b97f4a7c15ULL;
  return (*shards_)[mixed >> 58];
}

std::shared_ptr<const Authority> AuthorityCache::find(const Uuid& account, Clock::Steady now) {
  const bool trusted = now.time_since_epoch().count() < trusted_until_.load(std::memory_order_acquire);
  Shard& shard = shard_of(account);
  const std::scoped_lock lock(shard.mutex);
  const auto found = trusted ? shard.places.find(account) : shard.places.end();
  if (found == shard.places.end()) {
    ++shard.misses;
    return nullptr;
  }
  ++shard.hits;
  Slot& slot = shard.slots[found->second];
  slot.used = true;
  return slot.authority;
}

AuthorityCache::LoadTicket AuthorityCache::begin_load(const Uuid& account) const {
  const Shard& shard = shard_of(account);
  const std::scoped_lock lock(shard.mutex);
  return {.account = account, .invalidations = shard.invalidations};
}

void AuthorityCache::keep(const LoadTicket& ticket, std::shared_ptr<const Authority> authority) {
  Shard& shard = shard_of(ticket.account);
  std::shared_ptr<const Authority> replaced;  // destroyed without the lock
  const std::scoped_lock lock(shard.mutex);
  if (shard.invalidations != ticket.invalidations) return;
  if (const auto found = shard.places.find(ticket.account); found != shard.places.end()) {
    replaced = std::exchange(shard.slots[found->second].authority, std::move(authority));
    return;
  }
  std::size_t place = shard.slots.size();
  if (place < slots_max_) {
    shard.slots.emplace_back();
  } else {
    while (std::exchange(shard.slots[shard.hand].used, false)) shard.hand = (shard.hand + 1) % slots_max_;
    place = std::exchange(shard.hand, (shard.hand + 1) % slots_max_);
    replaced = std::move(shard.slots[place].authority);
    shard.places.erase(replaced->account);
  }
  shard.slots[place] = {.authority = std::move(authority), .used = false};
  shard.places.emplace(ticket.account, place);
}

// The last slot takes the place that becomes free.
void AuthorityCache::remove(Shard& shard, std::size_t place) {
  shard.places.erase(shard.slots[place].authority->account);
  if (place + 1 != shard.slots.size()) {
    shard.slots[place] = std::move(shard.slots.back());
    shard.places[shard.slots[place].authority->account] = place;
  }
  shard.slots.pop_back();
  if (shard.hand >= shard.slots.size()) shard.hand = 0;
}

void AuthorityCache::invalidate(const Uuid& account) {
  invalidations_.fetch_add(1, std::memory_order_relaxed);
  Shard& shard = shard_of(account);
  const std::scoped_lock lock(shard.mutex);
  ++shard.invalidations;
  if (const auto found = shard.places.find(account); found != shard.places.end()) remove(shard, found->second);
}

void AuthorityCache::invalidate_all() {
  invalidations_.fetch_add(1, std::memory_order_relaxed);
  for (Shard& shard : *shards_) {
    std::vector<Slot> dropped;  // destroyed without the lock
    const std::scoped_lock lock(shard.mutex);
    ++shard.invalidations;
    shard.places.clear();
    dropped.swap(shard.slots);
    shard.hand = 0;
  }
}

std::shared_ptr<const Role> AuthorityCache::share(Role role) {
  const std::scoped_lock lock(roles_mutex_);
  std::erase_if(roles_, [](const auto& each) { return each.second.expired(); });
  auto& kept = roles_[role.name];
  if (auto same = kept.lock(); same && same->permissions == role.permissions) return same;
  auto made = std::make_shared<const Role>(std::move(role));
  kept = made;
  return made;
}

AuthorityCache::Figures AuthorityCache::figures() const {
  Figures out{.invalidations = invalidations_.load(std::memory_order_relaxed)};
  for (const Shard& shard : *shards_) {
    const std::scoped_lock lock(shard.mutex);
    out.accounts += shard.slots.size();
    out.hits += shard.hits;
    out.misses += shard.misses;
  }
  return out;
}

}  // namespace ashlar::auth
