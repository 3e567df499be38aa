// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/task_scope.hpp"

#include "ashlar/async/detail/cancellable.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <cassert>
#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <stdexcept>
#include <utility>

namespace ashlar::async {
namespace asio = boost::asio;

namespace {

using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

bool is_cancellation(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& e) {
    return e.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

}  // namespace

struct TaskScope::State {
  explicit State(asio::io_context& the_loop) : loop(the_loop.get_executor()), emptied(loop, Timer::time_point::max()) {}

  void ended(std::uint64_t id, std::exception_ptr failure) {
    tasks.erase(id);
    if (failure && !(cancelled && is_cancellation(failure))) {
      if (!first_failure) first_failure = std::move(failure);
      cancel();
    }
    if (tasks.empty()) emptied.cancel();
  }

  void cancel() {
    cancelled = true;
    for (auto& [id, task] : tasks) task.cancel();
  }

  LoopExecutor loop;
  std::map<std::uint64_t, detail::Cancellable> tasks;
  std::uint64_t last_id = 0;
  std::exception_ptr first_failure;
  bool cancelled = false;
  Timer emptied;  // never expires: join() waits on it until it is cancelled
};

TaskScope::TaskScope(asio::io_context& loop) : state_(std::make_shared<State>(loop)) {}

TaskScope::~TaskScope() { assert(state_->tasks.empty() && "a TaskScope is joined before it is destroyed"); }

void TaskScope::start(Task<> task) {
  const std::uint64_t id = ++state_->last_id;
  detail::Cancellable& started = state_->tasks[id];
  if (state_->cancelled) started.cancel();
  started.spawn(state_->loop, std::move(task),
                [state = state_, id](std::exception_ptr failure) { state->ended(id, std::move(failure)); });
}

void TaskScope::cancel() {
  state_->cancelled = true;
  asio::dispatch(state_->loop, [state = state_] { state->cancel(); });
}

std::size_t TaskScope::size() const { return state_->tasks.size(); }

Task<> TaskScope::join() {
  const auto state = state_;
  const bool throws_before = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!state->tasks.empty()) {
    boost::system::error_code ignored;
    co_await state->emptied.async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, ignored));
    const auto mine = co_await asio::this_coro::cancellation_state;
    if (mine.cancelled() != asio::cancellation_type::none) state->cancel();
  }
  co_await asio::this_coro::throw_if_cancelled(throws_before);
  if (state->first_failure) std::rethrow_exception(std::exchange(state->first_failure, nullptr));
}

void run_to_end(asio::io_context& loop, Task<> task) {
  struct Outcome {
    std::exception_ptr failure;
    bool ended = false;
  };
  // Shared: if the loop throws, the task still exists and ends later.
  const auto outcome = std::make_shared<Outcome>();
  asio::co_spawn(loop.get_executor(), std::move(task), [outcome](std::exception_ptr failure) {
    outcome->failure = std::move(failure);
    outcome->ended = true;
  });
  if (loop.stopped()) loop.restart();
  while (!outcome->ended) {
    if (loop.run_one() == 0)
      throw std::logic_error("The loop was stopped, or has nothing left to do, before its task ended.");
  }
  if (outcome->failure) std::rethrow_exception(outcome->failure);
}

}  // namespace ashlar::async
