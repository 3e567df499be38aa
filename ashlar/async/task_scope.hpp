// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace ashlar::async {

// Owns the tasks that are started in it, so that none is detached. Belongs to one loop and is used on it alone.
// `co_await scope.join()` before destroying it: a scope destroyed while tasks run is a bug, and asserts. A task that
// throws stops the others, and join() rethrows the first exception. A cancelled task that throws operation_aborted
// counts as ended.
class TaskScope {
 public:
  explicit TaskScope(boost::asio::io_context& loop);
  ~TaskScope();
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  void start(Task<> task);
  // Every task's current wait ends with operation_aborted. Tasks spawned later do not start.
  void cancel();
  // Waits until all tasks have ended. Cancelling the awaiting coroutine cancels the tasks; it still waits for their
  // end.
  Task<> join();
  [[nodiscard]] std::size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Runs one task on a loop to its end and returns its value, for start-up, tests and command lines. This thread runs the
// loop meanwhile. Rethrows what the task throws; throws std::logic_error when the loop stops first.
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
