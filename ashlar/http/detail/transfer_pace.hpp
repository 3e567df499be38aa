// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ashlar::http::detail {

// The slowest transfer that is accepted.
struct PaceRule {
  std::chrono::milliseconds grace_time{0};     // the rate applies after it
  std::size_t bytes_per_second_min = 0;        // 0: no minimum
  std::chrono::milliseconds wait_time_max{0};  // of the whole transfer; 0: no limit
};

// Measures how fast a client sends a body or accepts a response: the time spent waiting for the client against the
// bytes transferred. Has no timer and no clock: the owner reports each wait, so the server's own pauses do not count.
class TransferPace {
 public:
  void reset() { waited_ms_ = 0; }
  void add_wait(std::int64_t milliseconds) { waited_ms_ += milliseconds; }

  // How long the next wait may take when `bytes` have been transferred so far. Zero or less: the client is too slow.
  [[nodiscard]] std::chrono::milliseconds time_left(std::uint64_t bytes, const PaceRule& rule) const {
    constexpr std::int64_t no_limit = std::int64_t{1} << 40;
    std::int64_t allowed = rule.wait_time_max.count() > 0 ? rule.wait_time_max.count() : no_limit;
    if (rule.bytes_per_second_min > 0) {
      const auto earned = static_cast<std::int64_t>(std::min<std::uint64_t>(bytes, no_limit)) * 1000 /
                          static_cast<std::int64_t>(rule.bytes_per_second_min);
      allowed = std::min(allowed, rule.grace_time.count() + earned);
    }
    return std::chrono::milliseconds{allowed - waited_ms_};
  }

 private:
  std::int64_t waited_ms_ = 0;
};

}  // namespace ashlar::http::detail
