// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/uuid.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// How many calls a client may make in a time window.
namespace ashlar::api {

class Call;

namespace errors {
inline constexpr ErrorCode rate_limited{ErrorKind::too_many_requests, "rate_limit.exceeded"};
}  // namespace errors

// One limit: of every endpoint (ApiOptions::rate_limit), or of one (`.limit(...)` on its route line).
struct RateLimit {
  std::uint32_t requests = 0;       // up to 100,000,000
  std::chrono::seconds window{60};  // up to 31 days

  // fixed_window    A window begins with a client's first call, and the whole limit is available again at its end.
  //                 Cheapest; around the end of a window twice the limit can pass.
  // sliding_window  The previous window counts by the share of it that is still within one window's length. Calls that
  //                 come evenly never exceed the limit within any window's length.
  // token_bucket    `burst` at once, then one every window / requests (GCRA, ITU-T I.371).
  enum class Algorithm : std::uint8_t {
    fixed_window,
    sliding_window,
    token_bucket
  } algorithm = Algorithm::fixed_window;
  std::uint32_t burst = 0;  // of a token bucket; 0: as many as `requests`

  // address   The client's address; an IPv6 address counts by its /64 network.
  // account   The signed-in account, from any address; by address for an anonymous caller.
  // field     The value of the metadata field `field` (an API key, say); by address without one. Use it together with a
  //           guard that checks the value or with another limit, since a client may send any value.
  // function  The text that `key` returns once the caller is known; by address when it is empty.
  enum class By : std::uint8_t { address, account, field, function } by = By::address;
  std::string_view field = {};  // a literal
  std::string (*key)(const Call&) = nullptr;

  // Why it is invalid, in a sentence; nullopt when it is valid.
  [[nodiscard]] std::optional<std::string> validate() const;
  [[nodiscard]] std::string text() const;  // "5/min", "5/10s by account", "100/min token bucket of 20 by address"
};

// The counted client and the limit. An IPv4-mapped IPv6 address counts as the IPv4 address.
struct RateLimitKey {
  std::uint64_t client_high = 0;
  std::uint64_t client_low = 0;
  std::uint64_t limit = 0;  // identifies the limit: the same in every process of one version

  static RateLimitKey of_address(std::string_view address, std::uint64_t limit);
  static RateLimitKey of_account(const Uuid& account, std::uint64_t limit);
  static RateLimitKey of_text(std::string_view text, std::uint64_t limit);  // by 128 bits of its SHA-256
  friend bool operator==(const RateLimitKey&, const RateLimitKey&) = default;
};

struct RateLimitDecision {
  bool allowed = true;
  std::uint32_t limit = 0;  // 0: no limit applies
  std::uint32_t remaining = 0;
  std::chrono::seconds reset_after{0};  // until the whole limit is available again, rounded up
  std::chrono::seconds retry_after{0};  // when refused: until the next request is accepted, rounded up
};

// The store of the counts. Called from every loop; must not block.
class RateLimitStore {
 public:
  RateLimitStore() = default;
  RateLimitStore(const RateLimitStore&) = delete;
  RateLimitStore& operator=(const RateLimitStore&) = delete;
  virtual ~RateLimitStore() = default;

  // Counts a call and decides. nullopt: nothing was counted; await take_later().
  virtual std::optional<RateLimitDecision> try_take(const RateLimitKey& key, const RateLimit& limit,
                                                    Clock::Steady now) = 0;
  // The same for a store that has to wait. `limit` outlives the task. It always decides: a store whose server is
  // unreachable counts in this process or lets the call pass, but never fails a call.
  virtual Task<RateLimitDecision> take_later(RateLimitKey key, const RateLimit& limit, Clock::Steady now) = 0;
  // Undoes the count of one accepted call, so that only some calls count, such as failures. Count before the attempt
  // and undo after it; concurrent attempts then cannot exceed the limit together. No effect when the count has expired.
  // `limit` outlives the task.
  virtual Task<> give_back(RateLimitKey key, const RateLimit& limit, Clock::Steady now) = 0;
};

// The error for a refused caller: rate_limit.exceeded, with its Retry-After.
[[nodiscard]] Error rate_limit_error(const RateLimitDecision& decision);

// The stricter of the two.
[[nodiscard]] RateLimitDecision tighter(const RateLimitDecision& a, const RateLimitDecision& b);

}  // namespace ashlar::api
