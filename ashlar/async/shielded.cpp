// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/shielded.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace ashlar::async::detail {
namespace asio = boost::asio;

// A separate stack of coroutines, whose cancellation slot is not connected.
Task<> run_apart(Task<> task) {
  const LoopExecutor loop = co_await asio::this_coro::executor;
  const auto start = [&loop, &task](auto handler) {
    asio::co_spawn(loop, std::move(task), [handler = std::move(handler)](std::exception_ptr failure) mutable {
      std::move(handler)(std::move(failure));
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<LoopExecutor>, void(std::exception_ptr)>(
      start, asio::use_awaitable_t<LoopExecutor>{});
}

}  // namespace ashlar::async::detail
