// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>

namespace ashlar::jobs::detail {

// Wakes one coroutine of one loop. A notification that comes while it does not wait is kept. notify() is safe from any
// thread; the loop outlives the signal, and what was posted runs before the signal is destroyed.
class Signal {
 public:
  explicit Signal(boost::asio::io_context& loop) : loop_(loop), timer_(loop.get_executor()) {}
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  void notify() {
    if (notified_.exchange(true)) return;
    boost::asio::post(loop_, [this] { timer_.cancel(); });
  }
  // Returns at a notification, at the latest after `time_max`. Cancelled: throws operation_aborted.
  Task<> wait(std::chrono::milliseconds time_max) {
    if (!notified_.load()) {
      timer_.expires_after(time_max);
      if (!notified_.load()) {
        boost::system::error_code ignored;
        co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable_t<LoopExecutor>{}, ignored));
        const auto state = co_await boost::asio::this_coro::cancellation_state;
        if (state.cancelled() != boost::asio::cancellation_type::none)
          throw boost::system::system_error(boost::asio::error::operation_aborted);
      }
    }
    notified_.store(false);
  }

 private:
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;
  boost::asio::io_context& loop_;
  Timer timer_;
  std::atomic<bool> notified_ = false;
};

}  // namespace ashlar::jobs::detail
