// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/deadline.hpp"

#include "ashlar/async/detail/cancellable.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <memory>

namespace ashlar::async {
namespace asio = boost::asio;

namespace {

using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

// A task and the timer that may end it. Owned by the handlers of both.
struct Race {
  Race(const LoopExecutor& loop, Clock::Steady deadline) : timer(loop, deadline) {}

  Timer timer;
  detail::Cancellable running;
  bool ended = false;
  bool late = false;
};

}  // namespace

Task<> sleep_for(std::chrono::milliseconds duration) {
  const LoopExecutor loop = co_await asio::this_coro::executor;
  Timer timer(loop, duration);
  co_await timer.async_wait(asio::use_awaitable_t<LoopExecutor>{});
}

namespace detail {

Task<Ended> run_until(Task<> task, Clock::Steady deadline) {
  const LoopExecutor loop = co_await asio::this_coro::executor;
  const auto race = std::make_shared<Race>(loop, deadline);
  const auto start = [&race, &loop, &task](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) {
      slot.assign([weak = std::weak_ptr(race)](asio::cancellation_type) {
        if (const auto still = weak.lock(); still && !still->ended) still->running.cancel();
      });
    }
    race->timer.async_wait([race](const boost::system::error_code& failed) {
      if (failed || race->ended) return;
      race->late = true;
      race->running.cancel();
    });
    race->running.spawn(loop, std::move(task),
                        [race, slot, handler = std::move(handler)](std::exception_ptr failure) mutable {
                          race->ended = true;
                          race->timer.cancel();
                          slot.clear();
                          std::move(handler)(std::move(failure));
                        });
  };
  try {
    co_await asio::async_initiate<const asio::use_awaitable_t<LoopExecutor>, void(std::exception_ptr)>(
        start, asio::use_awaitable_t<LoopExecutor>{});
  } catch (const boost::system::system_error& e) {
    if (!race->late || e.code() != asio::error::operation_aborted) throw;
  }
  co_return race->late ? Ended::cancelled_late : Ended::in_time;
}

Error deadline_exceeded() { return {errors::deadline_exceeded, "This took too long and was cancelled."}; }

}  // namespace detail
}  // namespace ashlar::async
