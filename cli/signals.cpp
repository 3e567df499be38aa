// SPDX-License-Identifier: Apache-2.0
#include "cli/signals.hpp"

#include <pthread.h>

#include <cerrno>
#include <ctime>

namespace ashlar::cli {

Signals::Signals() {
  sigemptyset(&stop_);
  sigaddset(&stop_, SIGTERM);
  sigaddset(&stop_, SIGINT);
  set_ = stop_;
  sigaddset(&set_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

Signals::~Signals() { release_stop(); }

std::optional<int> Signals::wait_for(std::chrono::milliseconds time) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const timespec limit{.tv_sec = seconds.count(), .tv_nsec = (time - seconds).count() * 1'000'000};
  const int signal = sigtimedwait(&set_, nullptr, &limit);
  return signal > 0 ? std::optional(signal) : std::nullopt;
}

int Signals::wait() const {
  int signal = 0;
  while (sigwait(&set_, &signal) != 0) {
  }
  return signal;
}

void Signals::release_stop() { pthread_sigmask(SIG_UNBLOCK, &stop_, nullptr); }

}  // namespace ashlar::cli
