// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"

#include <chrono>
#include <cstdint>

namespace ashlar::backend {

// How long sessions last. A change counts for sessions that began before it.
struct SessionLimits {
  std::chrono::milliseconds idle_max{7 * 24 * 3'600'000LL};       // without a refresh
  std::chrono::milliseconds lifetime_max{90 * 24 * 3'600'000LL};  // since the sign-in, however often it is refreshed
  // How long the refresh token before the newest one may be sent again; 0: never.
  std::chrono::milliseconds refresh_replay_window{10'000};

  // A session must have been used, and begun, after these.
  [[nodiscard]] Timestamp used_after(Timestamp now) const { return now - idle_max; }
  [[nodiscard]] Timestamp created_after(Timestamp now) const { return now - lifetime_max; }
};

struct SessionOptions {
  std::uint32_t per_user_max = 50;  // a further one ends the one that was used longest ago
  SessionLimits limits;
};

}  // namespace ashlar::backend
