// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ashlar::http::detail {

// A rate limit on frames of one kind. The caller passes the time, in milliseconds of any steady clock.
class FrameBudget {
 public:
  FrameBudget(std::size_t most, std::chrono::milliseconds per) : most_(most), per_(per.count()) {}

  // Takes one. false: none was left.
  [[nodiscard]] bool take(std::int64_t now) {
    if (now - since_ >= per_) {
      since_ = now;
      taken_ = 0;
    }
    return ++taken_ <= most_;
  }

 private:
  std::size_t most_;
  std::int64_t per_;
  std::int64_t since_ = 0;
  std::size_t taken_ = 0;
};

}  // namespace ashlar::http::detail
