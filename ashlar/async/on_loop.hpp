// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <optional>
#include <type_traits>
#include <utility>

namespace ashlar::async {

namespace detail {
Task<> run_elsewhere(LoopExecutor loop, Task<> task);

template <class T>
Task<> keep_result(Task<T> task, std::optional<T>& out) {  // `out` is the frame's that waits for this one
  out.emplace(co_await std::move(task));
}
}  // namespace detail

// Runs the task on another loop, for what belongs to it, and resumes on the caller's with its value or exception.
// Cancelling the one who waits does not reach the task: he waits for its end, and ends at his next co_await. So the
// task is of what ends soon by itself. The other loop runs until then, and the caller's is destroyed after that, no
// sooner.
template <class T>
Task<T> on_loop(LoopExecutor loop, Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    co_await detail::run_elsewhere(std::move(loop), std::move(task));
  } else {
    std::optional<T> out;
    co_await detail::run_elsewhere(std::move(loop), detail::keep_result(std::move(task), out));
    co_return std::move(*out);
  }
}

}  // namespace ashlar::async
