// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/address_counts.hpp"

namespace ashlar::http::detail {

// The finalizer of splitmix64 (Steele, Lea, Flood 2014), over both halves. A client with enough addresses to cause
// collisions has enough to evade the limit anyway.
std::size_t AddressCounts::Hash::operator()(const Key& key) const {
  std::uint64_t x = key.high * 0x9e3779b97f4a7c15U ^ key.low;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
  x = (x ^ x >> 27) * 0x94d049bb133111ebU;
  return x ^ x >> 31;
}

bool AddressCounts::enter(const IpAddress& address, std::size_t most) {
  const std::scoped_lock lock(mutex_);
  const auto [at, added] = counts_.try_emplace(key_of(address), 0);
  if (at->second >= most) return false;
  ++at->second;
  return true;
}

void AddressCounts::leave(const IpAddress& address) {
  const std::scoped_lock lock(mutex_);
  const auto at = counts_.find(key_of(address));
  if (--at->second == 0) counts_.erase(at);
}

std::size_t AddressCounts::addresses() const {
  const std::scoped_lock lock(mutex_);
  return counts_.size();
}

}  // namespace ashlar::http::detail
