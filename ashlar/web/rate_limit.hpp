// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/http/headers.hpp"
#include "ashlar/http/message.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// How many requests a client may make in a while.
namespace ashlar::web {

class Context;

// One limit: of every route (AppOptions::rate_limit), or of one line (`.limit(...)`).
struct RateLimit {
  std::uint32_t requests = 0;       // up to 100,000,000
  std::chrono::seconds window{60};  // up to 31 days

  // fixed_window    A window begins with a client's first request and ends with all of the limit back: cheapest, easy
  // to
  //                 explain; twice the limit can pass around the end of a window.
  // sliding_window  Two windows in turn, the former counting by the part of it that is still within reach: at no time
  //                 more than the limit in a window's length, as far as requests come evenly.
  // token_bucket    `burst` at once, then one every window / requests (GCRA, ITU-T I.371): smooths.
  enum class Algorithm : std::uint8_t {
    fixed_window,
    sliding_window,
    token_bucket
  } algorithm = Algorithm::fixed_window;
  std::uint32_t burst = 0;  // of a token bucket; 0: as many as `requests`

  // address   The client's, an IPv6 one by its /64 network.
  // account   Who is signed in, from any address; by address where nobody is.
  // header    The value of the field `header`, an API key, say; by address where it is missing. Only together with a
  //           guard that checks it, or another limit: a client may send any value.
  // function  What `key` says, when it is known who asks; by address where that is empty.
  enum class By : std::uint8_t { address, account, header, function } by = By::address;
  std::string_view header = {};  // a literal
  std::string (*key)(const Context&, const http::Request&) = nullptr;

  // What is wrong with it, in a sentence; nullopt when it is fine.
  [[nodiscard]] std::optional<std::string> complaint() const;
  [[nodiscard]] std::string text() const;  // "5/min", "5/10s by account", "100/min token bucket of 20 by address"
};

// Whom is counted, and for what. An IPv4 address inside an IPv6 one is itself.
struct RateLimitKey {
  std::uint64_t client_high = 0;
  std::uint64_t client_low = 0;
  std::uint64_t limit = 0;  // which limit: the same in every process of one version

  static RateLimitKey of_address(std::string_view address, std::uint64_t limit);
  static RateLimitKey of_account(const Uuid& account, std::uint64_t limit);
  static RateLimitKey of_text(std::string_view text, std::uint64_t limit);  // by 128 bits of its SHA-256
  friend bool operator==(const RateLimitKey&, const RateLimitKey&) = default;
};

struct RateLimitDecision {
  bool allowed = true;
  std::uint32_t limit = 0;  // 0: nothing is counted
  std::uint32_t remaining = 0;
  std::chrono::seconds reset_after{0};  // until a whole limit is there again, rounded up
  std::chrono::seconds retry_after{0};  // when refused: until the next request is let through, rounded up
};

// Where the counts are. Called from every loop: it must not block.
class RateLimitStore {
 public:
  RateLimitStore() = default;
  RateLimitStore(const RateLimitStore&) = delete;
  RateLimitStore& operator=(const RateLimitStore&) = delete;
  virtual ~RateLimitStore() = default;

  // Counts a request and decides, when that can be done at once; nullopt, and nothing counted: await take_later().
  virtual std::optional<RateLimitDecision> try_take(const RateLimitKey& key, const RateLimit& limit,
                                                    Clock::Steady now) = 0;
  // The same for a store that has to ask. `limit` outlives the task. It decides whatever happens: a store whose server
  // is away counts by itself, or lets through, but fails no request.
  virtual Task<RateLimitDecision> take_later(RateLimitKey key, const RateLimit& limit, Clock::Steady now) = 0;
};

// RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset (draft-ietf-httpapi-ratelimit-headers-03).
void add_rate_limit_headers(const RateLimitDecision& decision, http::ResponseHeaders& headers);

// The tighter one of two: what the headers tell of.
[[nodiscard]] RateLimitDecision tighter(const RateLimitDecision& a, const RateLimitDecision& b);

// /health and what is below it: no limit of the server's own.
[[nodiscard]] bool is_never_limited(std::string_view path);

}  // namespace ashlar::web
