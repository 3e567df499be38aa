// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/detail/smtp_pool.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace ashlar::mail::detail {

namespace asio = boost::asio;

// In the frame that waits.
struct SmtpPool::Waiter {
  explicit Waiter(SmtpPool& its_pool) : pool(its_pool), granted(its_pool.loop_, Timer::time_point::max()) {
    pool.waiters_.push_back(this);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() { std::erase(pool.waiters_, this); }

  SmtpPool& pool;
  std::optional<Permit> permit;
  Timer granted;  // never expires: release() cancels it
};

Task<Result<SmtpPool::Permit>> SmtpPool::acquire() {
  if (active_ < std::max<std::size_t>(options_.connections_max, 1)) {
    ++active_;
    co_return Permit(*this);
  }
  if (waiters_.size() >= options_.waiting_max)
    co_return fail(errors::unavailable, "The mail was not sent: too many wait.");
  Waiter waiter(*this);
  (void)co_await waiter.granted.async_wait(asio::as_tuple(asio::use_awaitable_t<LoopExecutor>{}));
  if (!waiter.permit) throw boost::system::system_error(asio::error::operation_aborted);
  co_return std::move(*waiter.permit);
}

// The place goes to the first that waits, without a moment in which another send() could take it.
void SmtpPool::release() {
  if (waiters_.empty()) {
    --active_;
    return;
  }
  Waiter& next = *waiters_.front();
  waiters_.pop_front();
  next.permit.emplace(*this);
  next.granted.cancel();
}

std::unique_ptr<SmtpConnection> SmtpPool::take_idle() {
  while (!idle_.empty()) {
    Idle last = std::move(idle_.back());
    idle_.pop_back();
    if (std::chrono::steady_clock::now() < last.until && last.connection->is_reusable())
      return std::move(last.connection);
  }
  return nullptr;
}

void SmtpPool::put_idle(std::unique_ptr<SmtpConnection> connection) {
  if (!connection->is_reusable()) return;
  const bool is_first = idle_.empty();
  idle_.push_back({std::move(connection), std::chrono::steady_clock::now() + options_.idle_time_max});
  if (is_first) schedule_sweep();
}

// The handler holds no pool: the mailer's end closes the connections at once.
void SmtpPool::schedule_sweep() {
  sweep_.expires_at(idle_.front().until);
  sweep_.async_wait([weak = weak_from_this()](const boost::system::error_code& failed) {
    const auto pool = weak.lock();
    if (failed || pool == nullptr) return;
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(pool->idle_, [now](const Idle& idle) { return idle.until <= now; });
    if (!pool->idle_.empty()) pool->schedule_sweep();
  });
}

}  // namespace ashlar::mail::detail
