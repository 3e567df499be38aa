// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace ashlar::cli {

// SIGTERM, SIGINT and SIGHUP, taken by the thread that waits for them and by no other. Made before any other thread is,
// which inherits that they are blocked.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // The next one; nullopt when none came in time.
  [[nodiscard]] std::optional<int> wait_for(std::chrono::milliseconds time) const;
  [[nodiscard]] int wait() const;
  // From now on SIGTERM or SIGINT ends the process at once. SIGHUP never does.
  void release_stop();

 private:
  sigset_t set_{};
  sigset_t stop_{};
};

}  // namespace ashlar::cli
