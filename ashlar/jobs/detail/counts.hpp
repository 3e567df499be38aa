// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/jobs/figures.hpp"

#include <atomic>
#include <cstdint>

namespace ashlar::jobs::detail {

// What a worker has done. Safe from any thread.
struct Counts {
  std::atomic<std::uint64_t> claimed = 0, done = 0, failed = 0, dead = 0, cancelled = 0, rescued = 0;

  [[nodiscard]] WorkerFigures figures() const {
    return {
        .claimed = claimed, .done = done, .failed = failed, .dead = dead, .cancelled = cancelled, .rescued = rescued};
  }
};

}  // namespace ashlar::jobs::detail
