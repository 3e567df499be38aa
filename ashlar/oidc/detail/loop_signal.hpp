// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace ashlar::oidc::detail {

// Resumes coroutines of several loops, each on its own. Set once, from any thread. Outlives those that wait.
class LoopSignal {
 public:
  LoopSignal() = default;
  LoopSignal(const LoopSignal&) = delete;
  LoopSignal& operator=(const LoopSignal&) = delete;

  // Returns when it is set, or when the coroutine is cancelled: its next co_await throws operation_aborted then.
  Task<> wait();
  void set();

 private:
  struct Waiter;

  std::mutex mutex_;
  bool set_ = false;
  std::vector<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace ashlar::oidc::detail
