// SPDX-License-Identifier: Apache-2.0
#include "ashlar/oidc/detail/loop_signal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <utility>

namespace ashlar::oidc::detail {
namespace asio = boost::asio;

struct LoopSignal::Waiter {
  using Timer =
      asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;
  explicit Waiter(const LoopExecutor& loop) : executor(loop), timer(loop, Timer::time_point::max()) {}

  LoopExecutor executor;
  Timer timer;  // never expires: set() cancels it
};

Task<> LoopSignal::wait() {
  const auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor);
  // Removes the waiter before its loop can be destroyed.
  struct Registered {
    LoopSignal& signal;
    const std::shared_ptr<Waiter>& waiter;
    Registered(LoopSignal& its_signal, const std::shared_ptr<Waiter>& its_waiter)
        : signal(its_signal), waiter(its_waiter) {}
    Registered(const Registered&) = delete;
    Registered& operator=(const Registered&) = delete;
    ~Registered() {
      const std::scoped_lock lock(signal.mutex_);
      std::erase(signal.waiters_, waiter);
    }
  };
  {
    const std::scoped_lock lock(mutex_);
    if (set_) co_return;
    waiters_.push_back(waiter);
  }
  const Registered registered(*this, waiter);
  (void)co_await waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable_t<LoopExecutor>{}));
}

void LoopSignal::set() {
  const std::scoped_lock lock(mutex_);
  set_ = true;
  for (const auto& waiter : waiters_) asio::post(waiter->executor, [waiter] { waiter->timer.cancel(); });
}

}  // namespace ashlar::oidc::detail
