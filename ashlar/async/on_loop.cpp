// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/on_loop.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <mutex>

namespace ashlar::async::detail {
namespace asio = boost::asio;

Task<> run_elsewhere(LoopExecutor loop, Task<> task) {
  const LoopExecutor home = co_await asio::this_coro::executor;
  if (home == loop) {
    co_await std::move(task);
    co_return;
  }
  const auto start = [&home, &loop, &task](auto handler) {
    auto work = asio::make_work_guard(home);
    // Held while posting: the caller may end its loop as soon as it goes on, and by then the other thread is out of it.
    const auto posting = std::make_shared<std::mutex>();
    asio::co_spawn(loop, std::move(task),
                   [handler = std::move(handler), work = std::move(work), posting](std::exception_ptr failure) mutable {
                     const std::scoped_lock lock(*posting);
                     const LoopExecutor executor = work.get_executor();
                     asio::post(executor, [handler = std::move(handler), work = std::move(work), posting,
                                           failure = std::move(failure)]() mutable {
                       {
                         const std::scoped_lock wait_for_the_other(*posting);
                       }
                       std::move(handler)(std::move(failure));
                     });
                   });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<LoopExecutor>, void(std::exception_ptr)>(
      start, asio::use_awaitable_t<LoopExecutor>{});
}

}  // namespace ashlar::async::detail
