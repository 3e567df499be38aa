// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace ashlar::cli {

// SIGTERM, SIGINT and SIGHUP, received only by the thread that waits for them. Construct it before any other thread, so
// that the threads inherit the blocked signals.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // The next signal; nullopt when none arrived in time.
  [[nodiscard]] std::optional<int> wait_for(std::chrono::milliseconds time) const;
  [[nodiscard]] int wait() const;
  // From now on SIGTERM or SIGINT ends the process immediately. SIGHUP never does.
  void release_stop();

 private:
  sigset_t set_{};
  sigset_t stop_{};
};

}  // namespace ashlar::cli
