// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"

#include <exception>
#include <utility>

namespace ashlar::async {

// For a task that repeats something until it is cancelled: what one turn throws is its error, so that the next turn
// comes. Without it, one exception ends the task, and nothing shows until the process does.
//
//   while (true) {
//     report(co_await async::caught(read_once()));
//     co_await async::sleep_for(interval);
//   }
//
// The error is errors::internal with the exception's text as its cause. operation_aborted passes: the task is
// cancelled.
template <class T>
Task<Result<T>> caught(Task<Result<T>> turn);

namespace detail {
// Rethrows a cancellation, and what is no std::exception.
[[nodiscard]] Error error_of(const std::exception_ptr& thrown);
}  // namespace detail

template <class T>
Task<Result<T>> caught(Task<Result<T>> turn) {
  std::exception_ptr thrown;
  try {
    co_return co_await std::move(turn);
  } catch (...) {
    thrown = std::current_exception();
  }
  co_return std::unexpected(detail::error_of(thrown));
}

}  // namespace ashlar::async
