// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/http/headers.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

// How many requests a client may make in a while.
namespace ashlar::web {

// Whom is counted, and for what: a client's address and one of the limits. An IPv6 client is its /64 network, since one
// host has all of it; an IPv4 address inside an IPv6 one is itself.
struct RateLimitKey {
  std::uint64_t client_high = 0;
  std::uint64_t client_low = 0;
  std::uint64_t limit = 0;  // 0: the server's; else a route's

  static RateLimitKey of_address(std::string_view address, std::uint64_t limit);
  friend bool operator==(const RateLimitKey&, const RateLimitKey&) = default;
};

struct RateLimit {
  std::uint32_t requests;
  std::chrono::milliseconds window;
};

struct RateLimitDecision {
  bool allowed = true;
  std::uint32_t limit = 0;  // 0: nothing is counted
  std::uint32_t remaining = 0;
  std::chrono::seconds reset_after{0};  // until a whole limit is there again, rounded up
};

// Where the counts are, and by what algorithm. Called for each limited request from every loop: it must not block.
class RateLimitStore {
 public:
  RateLimitStore() = default;
  RateLimitStore(const RateLimitStore&) = delete;
  RateLimitStore& operator=(const RateLimitStore&) = delete;
  virtual ~RateLimitStore() = default;

  virtual RateLimitDecision take(const RateLimitKey& key, const RateLimit& limit, Clock::Steady now) = 0;
};

// Fixed windows in this process's memory: a window begins with a client's first request. At most `clients_max` windows
// (about 100 bytes each) are kept; the one that began first makes room for a new one. A short lock of one of 16 shards.
class FixedWindowStore final : public RateLimitStore {
 public:
  explicit FixedWindowStore(std::size_t clients_max);
  ~FixedWindowStore() override;
  RateLimitDecision take(const RateLimitKey& key, const RateLimit& limit, Clock::Steady now) override;
  [[nodiscard]] std::size_t size() const;

 private:
  struct Shard;
  std::size_t shard_clients_max_;
  std::unique_ptr<Shard[]> shards_;
};

// /health and what is below it, which probes ask for: the server's limit passes them over.
[[nodiscard]] bool is_never_limited(std::string_view path);

// RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset (draft-ietf-httpapi-ratelimit-headers-03).
void add_rate_limit_headers(const RateLimitDecision& decision, http::ResponseHeaders& headers);

// The tighter one of two: what the headers tell of.
[[nodiscard]] RateLimitDecision tighter(const RateLimitDecision& a, const RateLimitDecision& b);

}  // namespace ashlar::web
