// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <exception>
#include <optional>
#include <utility>

// What must not be left half-way: a write, and what has to follow it.
namespace ashlar::async {

namespace detail {
Task<> ignore_cancellation();
Task<> heed_cancellation();
}  // namespace detail

// Runs the task to its end although the one who waits is cancelled meanwhile, by a deadline or a client that left. That
// is not noticed afterwards either: the caller goes on with what the task came to. A caller that was cancelled before
// does not begin it. The task needs time limits of its own.
template <class T>
Task<T> shielded(Task<T> task) {
  std::optional<T> out;
  std::exception_ptr thrown;
  co_await detail::ignore_cancellation();
  try {
    out.emplace(co_await std::move(task));
  } catch (...) {
    thrown = std::current_exception();
  }
  co_await detail::heed_cancellation();
  if (thrown) std::rethrow_exception(thrown);
  co_return std::move(*out);
}

}  // namespace ashlar::async
