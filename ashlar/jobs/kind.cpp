// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/kind.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace ashlar::jobs {

namespace {

// At least 0, less than 1.
double random_share(Random& random) {
  std::uint64_t bits = 0;
  random.fill(std::as_writable_bytes(std::span(&bits, 1)));
  return static_cast<double>(bits >> 11U) * 0x1p-53;
}

}  // namespace

std::chrono::milliseconds Backoff::after(int attempt, Random& random) const {
  const int failed = std::max(attempt, 1);
  double delay = 0;
  if (delays.empty()) {
    delay = static_cast<double>(first.count()) * std::pow(factor, failed - 1);
    delay = std::min(delay, static_cast<double>(max.count()));
  } else {
    delay = static_cast<double>(delays[std::min(static_cast<std::size_t>(failed), delays.size()) - 1].count());
  }
  const double change = jitter * (2 * random_share(random) - 1);
  return std::chrono::milliseconds(std::llround(std::max(0.0, delay * (1 + change))));
}

}  // namespace ashlar::jobs
