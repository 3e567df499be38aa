// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <chrono>
#include <optional>
#include <random>

namespace ashlar::sql::postgres::detail {

// When to reconnect, and the known state of the server meanwhile. Delays begin at 50 ms, double up to a limit, and are
// each shortened at random by up to a half, so that the loops of many processes do not reconnect at once.
class Reconnection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Reconnection(std::chrono::milliseconds delay_max, std::uint32_t seed) : delay_max_(delay_max), random_(seed) {}

  void failed(Time now, Error error);
  // Returns whether the server was unreachable.
  bool succeeded();

  // One attempt at a time while it fails, and none before its time.
  [[nodiscard]] bool may_try(Time now) const { return now >= not_before_; }
  [[nodiscard]] Time next_try() const { return not_before_; }
  [[nodiscard]] bool is_failing() const { return failures_ > 0; }
  // The last attempt has failed, and the first one failed longer ago than `patience`: waiting is pointless.
  [[nodiscard]] bool is_down(Time now, std::chrono::milliseconds patience) const {
    return failures_ > 0 && now < not_before_ && now - since_ > patience;
  }
  [[nodiscard]] const std::optional<Error>& last_error() const { return last_error_; }

 private:
  std::chrono::milliseconds delay_max_;
  std::minstd_rand random_;
  int failures_ = 0;
  Time since_;
  Time not_before_;
  std::optional<Error> last_error_;
};

}  // namespace ashlar::sql::postgres::detail
