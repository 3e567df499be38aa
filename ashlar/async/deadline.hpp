// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

// Timers and deadlines on the loop of the awaiting coroutine. They use the real steady clock, not an injected one.
namespace ashlar::async {

// Resumes after `duration`. Cancelled: throws operation_aborted.
Task<> sleep_for(std::chrono::milliseconds duration);

namespace detail {
enum class Ended : std::uint8_t { in_time, cancelled_late };
Task<Ended> run_until(Task<> task, Clock::Steady deadline);

template <class T>
Task<> keep(Task<Result<T>> task, std::optional<Result<T>>& out) {  // `out` belongs to the awaiting frame
  out.emplace(co_await std::move(task));
}

Error deadline_exceeded();
}  // namespace detail

// Runs the task and cancels it when the deadline passes: its current wait ends with operation_aborted. Resumes in
// either case only after the task has ended, so nothing that it refers to dangles. If the cancelled task still returns
// a value, that value is the result; an error or operation_aborted becomes server.deadline_exceeded. Other exceptions
// are rethrown. Cancelling the awaiting coroutine cancels the task.
template <class T>
Task<Result<T>> with_deadline(Task<Result<T>> task, Clock::Steady deadline) {
  std::optional<Result<T>> out;
  const detail::Ended ended = co_await detail::run_until(detail::keep(std::move(task), out), deadline);
  if (ended == detail::Ended::cancelled_late && (!out || !*out)) co_return std::unexpected(detail::deadline_exceeded());
  co_return std::move(*out);
}

template <class T>
Task<Result<T>> with_deadline(Task<Result<T>> task, std::chrono::milliseconds at_most) {
  return with_deadline(std::move(task), std::chrono::steady_clock::now() + at_most);
}

}  // namespace ashlar::async
