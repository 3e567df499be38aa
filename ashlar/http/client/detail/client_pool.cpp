// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/detail/client_pool.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace ashlar::http::detail {
namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds sweep_interval_min{100};
constexpr std::chrono::milliseconds sweep_interval_max{5'000};

}  // namespace

// In the waiting frame.
struct ClientPool::Waiter {
  Waiter(ClientPool& its_pool, Hosts::iterator its_host)
      : pool(its_pool), host(its_host), granted(its_pool.loop_, Timer::time_point::max()) {
    host->second.waiters.push_back(this);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (permit) return;
    std::erase(host->second.waiters, this);
    pool.forget_if_unused(host);
  }

  ClientPool& pool;
  Hosts::iterator host;
  std::optional<Permit> permit;
  Timer granted;  // never expires: release() cancels it
};

ClientPool::ClientPool(asio::io_context& loop, const ClientOptions& options, const Clock& clock)
    : loop_(loop), options_(options), clock_(clock), sweep_(loop) {}

ClientPool::~ClientPool() = default;

Task<ClientPool::Permit> ClientPool::acquire(PoolKey key) {
  const auto host = hosts_.try_emplace(std::move(key)).first;
  if (host->second.active < std::max<std::size_t>(options_.connections_per_host_max, 1)) {
    ++host->second.active;
    co_return Permit(*this, host);
  }
  Waiter waiter(*this, host);
  (void)co_await waiter.granted.async_wait(asio::as_tuple(asio::use_awaitable_t<LoopExecutor>{}));
  if (!waiter.permit) throw boost::system::system_error(asio::error::operation_aborted);
  co_return std::move(*waiter.permit);
}

// The slot is passed directly to the first waiting request, so that no other request can take it.
void ClientPool::release(Hosts::iterator host) {
  if (!host->second.waiters.empty()) {
    Waiter& next = *host->second.waiters.front();
    host->second.waiters.pop_front();
    next.permit.emplace(*this, host);
    next.granted.cancel();
    return;
  }
  --host->second.active;
  forget_if_unused(host);
}

void ClientPool::forget_if_unused(Hosts::iterator host) {
  if (host->second.active == 0 && host->second.waiters.empty() && host->second.idle.empty()) hosts_.erase(host);
}

std::unique_ptr<ClientConnection> ClientPool::take_idle(const Permit& permit) {
  std::deque<Idle>& idle = permit.host_->second.idle;
  while (!idle.empty()) {
    Idle last = std::move(idle.back());
    idle.pop_back();
    count_idle(-1);
    if (clock_.steady() < last.until && last.connection->reusable()) return std::move(last.connection);
  }
  return nullptr;
}

void ClientPool::put_idle(const Permit& permit, std::unique_ptr<ClientConnection> connection) {
  if (options_.idle_connections_max == 0 || connection->idle_time_max().count() <= 0 || !connection->reusable()) return;
  if (idle_ == options_.idle_connections_max) close_oldest_idle();
  const Clock::Steady now = clock_.steady();
  const Clock::Steady until = now + connection->idle_time_max();
  permit.host_->second.idle.push_back({std::move(connection), now, until});
  count_idle(1);
  if (!sweeping_) schedule_sweep();
}

void ClientPool::close_oldest_idle() {
  auto oldest = hosts_.end();
  for (auto host = hosts_.begin(); host != hosts_.end(); ++host) {
    if (host->second.idle.empty()) continue;
    if (oldest == hosts_.end() || host->second.idle.front().since < oldest->second.idle.front().since) oldest = host;
  }
  if (oldest == hosts_.end()) return;
  oldest->second.idle.pop_front();
  count_idle(-1);
  forget_if_unused(oldest);
}

void ClientPool::close_expired_idle() {
  const Clock::Steady now = clock_.steady();
  for (auto next = hosts_.begin(); next != hosts_.end();) {
    const auto host = next++;
    const std::size_t closed = std::erase_if(host->second.idle, [now](const Idle& idle) { return idle.until <= now; });
    count_idle(-static_cast<std::ptrdiff_t>(closed));
    forget_if_unused(host);
  }
}

// Runs while connections are kept. The handler does not own the pool: destroying the client closes them immediately.
void ClientPool::schedule_sweep() {
  sweeping_ = true;
  sweep_.expires_after(std::clamp(options_.idle_time_max / 4, sweep_interval_min, sweep_interval_max));
  sweep_.async_wait([weak = weak_from_this()](const boost::system::error_code& failed) {
    const auto pool = weak.lock();
    if (failed || pool == nullptr) return;
    pool->close_expired_idle();
    pool->sweeping_ = false;
    if (pool->idle_ > 0) pool->schedule_sweep();
  });
}

void ClientPool::count_idle(std::ptrdiff_t change) {
  idle_ = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(idle_) + change);
  figures.idle.store(idle_, std::memory_order_relaxed);
}

}  // namespace ashlar::http::detail
