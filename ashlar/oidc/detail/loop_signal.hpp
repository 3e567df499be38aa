// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace ashlar::oidc::detail {

// A one-shot signal for coroutines of several loops; each resumes on its own loop. set() may be called from any thread.
// Outlives the waiting coroutines.
class LoopSignal {
 public:
  LoopSignal() = default;
  LoopSignal(const LoopSignal&) = delete;
  LoopSignal& operator=(const LoopSignal&) = delete;

  // Returns when the signal is set or the coroutine is cancelled; then its next co_await throws operation_aborted.
  Task<> wait();
  void set();

 private:
  struct Waiter;

  std::mutex mutex_;
  bool set_ = false;
  std::vector<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace ashlar::oidc::detail
