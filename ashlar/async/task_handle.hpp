// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <functional>
#include <memory>

namespace ashlar::async {

// One task that runs concurrently with the one that started it, and that can be cancelled alone. A TaskScope has many
// tasks that end together; this is for the owner of one, which lives until `ended` was called. Used on its loop.
class TaskHandle {
 public:
  // Begins at once, in the caller's call. `ended` is called on the loop after the task's last step, never in here;
  // what it holds lives as long as the task, and it may destroy this. Exceptions of the task end there.
  TaskHandle(boost::asio::io_context& loop, Task<> task, std::move_only_function<void()> ended);
  TaskHandle(TaskHandle&&) noexcept = default;
  TaskHandle& operator=(TaskHandle&&) noexcept = default;
  ~TaskHandle() = default;  // does not end the task

  // The task's current wait ends with operation_aborted. What it comes to in spite of that counts.
  void cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ashlar::async
