// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/memory_rate_limits.hpp"
#include "ashlar/api/rate_limit.hpp"
#include "ashlar/observe/metrics_text.hpp"
#include "ashlar/redis/script.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::api {

struct RedisRateLimitOptions {
  std::string key_prefix = "ashlar:";
  std::size_t local_clients_max = 100'000;  // counted in this process while Redis is unreachable
  // The clock for counting: Redis's, which is the same for all instances, or the caller's, for tests.
  enum class Time : std::uint8_t { redis, caller } time = Time::redis;
};

// Counts in Redis, so that all instances share a client's limit, with the algorithms of MemoryRateLimits. Each request
// is one script, which is atomic. A key expires when it no longer affects decisions.
//
// When Redis is unreachable, too slow or refuses, the request is counted in this process's memory: each instance then
// allows a client the whole limit, starting from zero. No request fails because of that. None waits longer than
// ClientOptions::command_time_max for a limit, or at all once the breaker is open.
//
// Times are in whole microseconds, so a token bucket gives at most a million tokens a second.
class RedisRateLimits final : public RateLimitStore {
 public:
  RedisRateLimits(redis::Clients& clients, RedisRateLimitOptions options);  // the clients outlive it

  // nullopt: Redis has to be queried.
  std::optional<RateLimitDecision> try_take(const RateLimitKey&, const RateLimit&, Clock::Steady) override {
    return std::nullopt;
  }
  Task<RateLimitDecision> take_later(RateLimitKey key, const RateLimit& limit, Clock::Steady now) override;
  // When Redis does not answer: undoes the count in this process's memory.
  Task<> give_back(RateLimitKey key, const RateLimit& limit, Clock::Steady now) override;

  // Number of decisions without Redis so far. From any thread.
  [[nodiscard]] std::uint64_t decided_locally() const { return decided_locally_.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] std::vector<std::string> arguments_of(const RateLimit& limit, Clock::Steady now) const;

  redis::Clients& clients_;
  const RedisRateLimitOptions options_;
  const redis::Script script_;
  const redis::Script give_back_;
  MemoryRateLimits local_;
  std::atomic<std::uint64_t> decided_locally_ = 0;
};

// Registers ashlar_rate_limits_local_total, for Prometheus. The limits outlive the last scrape.
void add_metrics(observe::MetricSources& sources, const RedisRateLimits& limits);

}  // namespace ashlar::api
