// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"

#include <atomic>
#include <chrono>

namespace ashlar {

// Time as something that is handed in, so that tests can move it. Whoever reads the time takes a `const Clock&` that
// outlives it. Safe to read from any thread.
class Clock {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual Timestamp now() const = 0;  // the wall's time: for what is stored and shown
  [[nodiscard]] virtual Steady steady() const = 0;  // never goes back: for durations and deadlines
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return Timestamp::from(std::chrono::system_clock::now()); }
  [[nodiscard]] Steady steady() const override { return std::chrono::steady_clock::now(); }
};

// A clock that stands still until it is told to move. For tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : milliseconds_(start.milliseconds()) {}

  [[nodiscard]] Timestamp now() const override { return Timestamp::from_milliseconds(milliseconds_.load()); }
  [[nodiscard]] Steady steady() const override { return Steady{std::chrono::milliseconds{milliseconds_.load()}}; }
  void advance(std::chrono::milliseconds by) { milliseconds_ += by.count(); }

 private:
  std::atomic<std::int64_t> milliseconds_;
};

}  // namespace ashlar
