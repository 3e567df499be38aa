// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/rate_limit.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <functional>
#include <list>
#include <mutex>
#include <unordered_map>

namespace ashlar::web {

namespace {

constexpr std::size_t shard_count = 16;

// splitmix64's finalizer: spreads each bit of the input over all of the output.
constexpr std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

struct KeyHash {
  std::size_t operator()(const RateLimitKey& key) const {
    return mixed(key.client_high ^ mixed(key.client_low ^ mixed(key.limit + 0x9e3779b97f4a7c15ULL)));
  }
};

std::uint64_t big_endian(const unsigned char* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

}  // namespace

RateLimitKey RateLimitKey::of_address(std::string_view address, std::uint64_t limit) {
  RateLimitKey key{.limit = limit};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.size() < text.size()) {
    std::ranges::copy(address, text.begin());
    std::array<unsigned char, 16> bytes{};
    if (inet_pton(AF_INET, text.data(), bytes.data()) == 1) {
      key.client_low = big_endian(bytes.data()) >> 32 | 0xffff'0000'0000ULL;
      return key;
    }
    if (inet_pton(AF_INET6, text.data(), bytes.data()) == 1) {
      key.client_high = big_endian(bytes.data());
      const std::uint64_t low = big_endian(bytes.data() + 8);
      if (key.client_high == 0 && low >> 32 == 0xffff) key.client_low = low;  // ::ffff:a.b.c.d
      return key;
    }
  }
  key.client_high = ~std::uint64_t{0};  // no address (a socket file, a test): apart from all of them
  key.client_low = std::hash<std::string_view>{}(address);
  return key;
}

struct alignas(64) FixedWindowStore::Shard {
  struct Window {
    RateLimitKey key;
    Clock::Steady began;
    std::uint32_t taken;
  };
  mutable std::mutex mutex;
  std::list<Window> windows;  // by their beginnings
  std::unordered_map<RateLimitKey, std::list<Window>::iterator, KeyHash> by_key;
};

FixedWindowStore::FixedWindowStore(std::size_t clients_max)
    : shard_clients_max_(std::max<std::size_t>(1, clients_max / shard_count)),
      shards_(std::make_unique<Shard[]>(shard_count)) {}
FixedWindowStore::~FixedWindowStore() = default;

RateLimitDecision FixedWindowStore::take(const RateLimitKey& key, const RateLimit& limit, Clock::Steady now) {
  Shard& shard = shards_[KeyHash{}(key) >> 60];
  const std::lock_guard lock(shard.mutex);
  auto found = shard.by_key.find(key);
  if (found == shard.by_key.end()) {
    if (shard.by_key.size() >= shard_clients_max_) {
      shard.by_key.erase(shard.windows.front().key);
      shard.windows.pop_front();
    }
    shard.windows.push_back({key, now, 0});
    found = shard.by_key.emplace(key, std::prev(shard.windows.end())).first;
  } else if (now - found->second->began >= limit.window) {
    found->second->began = now;
    found->second->taken = 0;
    shard.windows.splice(shard.windows.end(), shard.windows, found->second);
  }
  auto& window = *found->second;
  const bool allowed = window.taken < limit.requests;
  if (allowed) ++window.taken;
  return {.allowed = allowed,
          .limit = limit.requests,
          .remaining = limit.requests - window.taken,
          .reset_after = std::chrono::ceil<std::chrono::seconds>(window.began + limit.window - now)};
}

std::size_t FixedWindowStore::size() const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < shard_count; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    sum += shards_[i].by_key.size();
  }
  return sum;
}

bool is_never_limited(std::string_view path) {
  constexpr std::string_view health = "/health";
  return path.starts_with(health) && (path.size() == health.size() || path[health.size()] == '/');
}

void add_rate_limit_headers(const RateLimitDecision& decision, http::ResponseHeaders& headers) {
  const auto add = [&](std::string_view name, std::int64_t value) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    headers.add(name, {digits.data(), end});
  };
  add("RateLimit-Limit", decision.limit);
  add("RateLimit-Remaining", decision.remaining);
  add("RateLimit-Reset", decision.reset_after.count());
}

RateLimitDecision tighter(const RateLimitDecision& a, const RateLimitDecision& b) {
  if (a.limit == 0) return b;
  if (b.limit == 0) return a;
  if (a.allowed != b.allowed) return a.allowed ? b : a;
  if (!a.allowed) return a.reset_after > b.reset_after ? a : b;
  return a.remaining <= b.remaining ? a : b;
}

}  // namespace ashlar::web
