// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <optional>

namespace ashlar::webhooks {

// The delays that Standard Webhooks 1.0 recommends: before each attempt, from the one before it. Ten attempts within
// 75 hours and 35 minutes.
inline constexpr std::array<std::chrono::milliseconds, 10> attempt_delays = {
    std::chrono::seconds(0), std::chrono::seconds(5), std::chrono::minutes(5), std::chrono::minutes(30),
    std::chrono::hours(2),   std::chrono::hours(5),   std::chrono::hours(10),  std::chrono::hours(14),
    std::chrono::hours(20),  std::chrono::hours(24)};

inline constexpr std::chrono::hours retry_after_max{24};

// The delay before the attempt that follows `made` ones; nullopt: there is none. `retry_after` is what the receiver
// asks for (the field Retry-After); zero: nothing.
[[nodiscard]] constexpr std::optional<std::chrono::milliseconds> delay_after(int made,
                                                                             std::chrono::seconds retry_after) {
  if (made < 0 || made >= static_cast<int>(attempt_delays.size())) return std::nullopt;
  const std::chrono::milliseconds wanted = retry_after < retry_after_max ? retry_after : retry_after_max;
  const auto scheduled = attempt_delays[static_cast<std::size_t>(made)];
  return scheduled < wanted ? wanted : scheduled;
}

}  // namespace ashlar::webhooks
