// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ashlar::jobs {

// Of one worker, since its start: attempts by how they ended. `dead` counts jobs, and a dead one is not in `failed`.
struct WorkerFigures {
  std::uint64_t claimed = 0, done = 0, failed = 0, dead = 0, cancelled = 0, rescued = 0;
  std::size_t running = 0;
};

}  // namespace ashlar::jobs
