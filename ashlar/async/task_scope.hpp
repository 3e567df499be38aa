// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <cstddef>
#include <memory>

namespace ashlar::async {

// Owns the tasks that are started in it: none is detached. Belongs to one loop and is used from it alone.
// `co_await scope.join()` before it is destroyed; destroying one with tasks in it is a bug, and asserts.
// A task that throws stops the others, and join() rethrows the first exception.
class TaskScope {
 public:
  explicit TaskScope(boost::asio::io_context& loop);
  ~TaskScope();
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  void start(Task<> task);
  void cancel();  // every task's current wait ends with operation_aborted; tasks started later are cancelled, too
  Task<> join();  // waits until all have ended
  [[nodiscard]] std::size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Runs one task on a loop to its end and returns its value, for start-up, tests and command lines. Runs the loop on
// this thread meanwhile. Rethrows what the task throws.
void run_to_end(boost::asio::io_context& loop, Task<> task);

}  // namespace ashlar::async
