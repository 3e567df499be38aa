// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/wakeup.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <mutex>
#include <utility>

namespace ashlar::async {

namespace asio = boost::asio;

namespace {

using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

}  // namespace

struct Wakeup::State {
  std::mutex mutex;
  bool woken = false;
  std::shared_ptr<Timer> timer;  // null: closed
};

Wakeup::Wakeup() : state_(std::make_unique<State>()) {}
Wakeup::~Wakeup() = default;

void Wakeup::open(asio::io_context& loop) {
  const std::lock_guard lock(state_->mutex);
  state_->timer = std::make_shared<Timer>(loop.get_executor());
}

void Wakeup::close() {
  const std::lock_guard lock(state_->mutex);
  state_->timer.reset();
}

void Wakeup::wake() {
  const std::lock_guard lock(state_->mutex);
  if (std::exchange(state_->woken, true) || !state_->timer) return;
  asio::post(state_->timer->get_executor(), [timer = state_->timer] { timer->cancel(); });
}

Task<> Wakeup::wait(std::chrono::milliseconds at_most) {
  std::shared_ptr<Timer> timer;
  {
    const std::lock_guard lock(state_->mutex);
    if (std::exchange(state_->woken, false) || !state_->timer) co_return;
    timer = state_->timer;
    timer->expires_after(at_most);
  }
  boost::system::error_code ignored;
  co_await timer->async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, ignored));
  const auto cancelled = co_await asio::this_coro::cancellation_state;
  {
    const std::lock_guard lock(state_->mutex);
    state_->woken = false;
  }
  if (cancelled.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace ashlar::async
