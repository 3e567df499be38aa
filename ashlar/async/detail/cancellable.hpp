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

// A spawned task that can be cancelled at any moment. Used on its loop alone; outlives the task. It works around two
// defects of co_spawn (seen in Boost 1.81). A signal emitted from another thread is forwarded by a reference, which
// dangles if the task ends first. And a signal that arrives before the coroutine's first step, or after it ended
// without a wait, is thrown out of the loop, and the completion handler is never called.
class Cancellable {
 public:
  template <class Handler>  // void(std::exception_ptr), on the loop
  void spawn(const LoopExecutor& loop, Task<> task, Handler handler) {
    boost::asio::co_spawn(loop, run(std::move(task)),
                          boost::asio::bind_cancellation_slot(signal_.slot(), std::move(handler)));
  }

  // Called on the loop. Ends the current wait, or prevents the task from starting. Does not call the handler itself.
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
