// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <functional>
#include <memory>

namespace ashlar::async {

// One concurrent task that can be cancelled individually. A TaskScope owns many tasks that end together; a TaskHandle
// serves the owner of a single task, and lives until `ended` was called. Used on its loop.
class TaskHandle {
 public:
  // Starts the task within this call. `ended` is called on the loop after the task's last step, never within start().
  // What `ended` holds lives as long as the task; it may destroy this handle. Exceptions of the task are discarded.
  TaskHandle(boost::asio::io_context& loop, Task<> task, std::move_only_function<void()> ended);
  TaskHandle(TaskHandle&&) noexcept = default;
  TaskHandle& operator=(TaskHandle&&) noexcept = default;
  ~TaskHandle() = default;  // does not end the task

  // The task's current wait ends with operation_aborted. A result that the task still returns is valid.
  void cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ashlar::async
