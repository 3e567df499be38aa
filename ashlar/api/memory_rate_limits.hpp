// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/rate_limit.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace ashlar::api {

// Counts in this process's memory: a table of fixed size, 48 bytes a client, whose pages the kernel allocates at first
// use. A client may occupy one of eight entries. When all eight are taken, the entry that would expire first is
// replaced, so a flood of addresses costs neither memory nor time, but some counts. The place of a client depends on a
// random number, so a client cannot choose which entry it evicts. Takes one of 16 short locks.
class MemoryRateLimits final : public RateLimitStore {
 public:
  explicit MemoryRateLimits(std::size_t clients_max);  // at least 8
  ~MemoryRateLimits() override;

  RateLimitDecision take(const RateLimitKey& key, const RateLimit& limit, Clock::Steady now);
  std::optional<RateLimitDecision> try_take(const RateLimitKey& key, const RateLimit& limit,
                                            Clock::Steady now) override {
    return take(key, limit, now);
  }
  Task<RateLimitDecision> take_later(RateLimitKey key, const RateLimit& limit, Clock::Steady now) override;
  void put_back(const RateLimitKey& key, const RateLimit& limit, Clock::Steady now);
  Task<> give_back(RateLimitKey key, const RateLimit& limit, Clock::Steady now) override;

  [[nodiscard]] std::size_t size() const;          // entries in use
  [[nodiscard]] std::size_t memory_bytes() const;  // the maximum, from the start

 private:
  struct Entry;
  struct Shard;
  struct Free {
    void operator()(Entry* entries) const;
  };
  Entry& find(Entry* bucket, const RateLimitKey& key, std::int64_t now) const;
  [[nodiscard]] std::size_t bucket_of(const RateLimitKey& key) const;

  std::uint64_t seed_;
  std::size_t buckets_;
  std::unique_ptr<Entry[], Free> entries_;
  std::unique_ptr<Shard[]> shards_;
};

}  // namespace ashlar::api
