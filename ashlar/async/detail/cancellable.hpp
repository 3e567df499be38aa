// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <utility>

namespace ashlar::async::detail {

// A task that is spawned and can be cancelled at any moment of its life. Used on its loop alone; outlives the task.
// Two traps of co_spawn make it necessary (seen in Boost 1.81): a signal that is emitted off the loop is passed on by a
// reference that dangles if the task ends before; and one that comes before the coroutine's first step, or finds it at
// an end that it came to without a wait, is thrown out of the loop, and the completion handler is never called.
class Cancellable {
 public:
  template <class Handler>  // void(std::exception_ptr), on the loop
  void spawn(const LoopExecutor& loop, Task<> task, Handler handler) {
    boost::asio::co_spawn(loop, run(std::move(task)),
                          boost::asio::bind_cancellation_slot(signal_.slot(), std::move(handler)));
  }

  // Called on the loop. Ends the current wait, or keeps the task from beginning. The handler is not called in here.
  void cancel() {
    cancelled_ = true;
    if (begun_) signal_.emit(boost::asio::cancellation_type::terminal);
  }

 private:
  Task<> run(Task<> task) {
    begun_ = true;
    std::exception_ptr failure;
    try {
      if (cancelled_) throw boost::system::system_error(boost::asio::error::operation_aborted);
      co_await std::move(task);
    } catch (...) {
      failure = std::current_exception();
    }
    co_await boost::asio::this_coro::throw_if_cancelled(false);  // for co_spawn's own last step
    if (failure) std::rethrow_exception(failure);
  }

  boost::asio::cancellation_signal signal_;
  bool begun_ = false;
  bool cancelled_ = false;
};

}  // namespace ashlar::async::detail
