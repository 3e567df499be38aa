// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ashlar::http::detail {

// How many of a kind a client may send in a stretch of time. Time is handed in, in milliseconds of any steady clock.
class FrameBudget {
 public:
  FrameBudget(std::size_t most, std::chrono::milliseconds per) : most_(most), per_(per.count()) {}

  // Takes one. false: there was none left.
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
