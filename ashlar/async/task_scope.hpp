// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace ashlar::async {

// Owns the tasks that are started in it: none is detached. Belongs to one loop and is used from it alone.
// `co_await scope.join()` before it is destroyed; destroying one with tasks in it is a bug, and asserts.
// A task that throws stops the others, and join() rethrows the first exception. A task that was cancelled and throws
// operation_aborted has just ended.
class TaskScope {
 public:
  explicit TaskScope(boost::asio::io_context& loop);
  ~TaskScope();
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  void start(Task<> task);
  // Every task's current wait ends with operation_aborted; tasks started later are not even begun.
  void cancel();
  // Waits until all have ended. Cancelling the one who waits cancels the tasks, and it still waits for their end.
  Task<> join();
  [[nodiscard]] std::size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Runs one task on a loop to its end and returns its value, for start-up, tests and command lines. Runs the loop on
// this thread meanwhile. Rethrows what the task throws; throws std::logic_error when the loop is stopped before.
void run_to_end(boost::asio::io_context& loop, Task<> task);

namespace detail {
template <class T>
Task<> keep_value(Task<T> task, std::optional<T>& out) {  // `out` outlives the loop's run
  out.emplace(co_await std::move(task));
}
}  // namespace detail

template <class T>
T run_to_end(boost::asio::io_context& loop, Task<T> task) {
  std::optional<T> out;
  run_to_end(loop, detail::keep_value(std::move(task), out));
  return std::move(*out);
}

}  // namespace ashlar::async
