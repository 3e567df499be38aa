// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <optional>
#include <type_traits>
#include <utility>

// For work that must not stop half-way: a write and what has to follow it.
namespace ashlar::async {

namespace detail {
Task<> run_apart(Task<> task);

template <class T>
Task<> keep_result(Task<T> task, std::optional<T>& out) {  // `out` belongs to the awaiting frame
  out.emplace(co_await std::move(task));
}
}  // namespace detail

// Runs the task to completion even if the awaiting coroutine is cancelled. That coroutine receives the task's value or
// exception and ends at its next co_await. If it was cancelled before, the task does not start. The task needs its own
// time limits.
template <class T>
Task<T> shielded(Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    co_await detail::run_apart(std::move(task));
  } else {
    std::optional<T> out;
    co_await detail::run_apart(detail::keep_result(std::move(task), out));
    co_return std::move(*out);
  }
}

}  // namespace ashlar::async
