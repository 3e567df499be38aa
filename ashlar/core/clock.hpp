// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"

#include <atomic>
#include <chrono>

namespace ashlar {

// An injectable clock, so that tests can control time. Code that reads the time takes a `const Clock&` that outlives
// it. Safe to read from any thread.
class Clock {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual Timestamp now() const = 0;  // wall-clock time: for what is stored and shown
  [[nodiscard]] virtual Steady steady() const = 0;  // monotonic: for durations and deadlines
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return Timestamp::from(std::chrono::system_clock::now()); }
  [[nodiscard]] Steady steady() const override { return std::chrono::steady_clock::now(); }
};

// A clock that changes only when it is set or advanced. For tests.
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
