// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/http/client/client.hpp"
#include "ashlar/http/client/detail/client_connection.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <compare>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace ashlar::http::detail {

// Requests share connections only where all of this is equal.
struct PoolKey {
  explicit PoolKey(const Origin& origin, EgressPolicy policy)
      : scheme(origin.scheme), host(origin.host), port(origin.port), egress(std::move(policy)) {}

  Scheme scheme;
  std::string host;
  std::uint16_t port;
  EgressPolicy egress;

  friend auto operator<=>(const PoolKey&, const PoolKey&) = default;
};

// The connections of one loop: how many each host may have in use, who waits for one, and which are kept unused.
// Used on its loop alone, but for the figures. Held by the frames that use it.
class ClientPool : public std::enable_shared_from_this<ClientPool> {
  struct Host;
  using Hosts = std::map<PoolKey, Host>;

 public:
  // What outlives the pool: the loop, the options and the clock.
  ClientPool(boost::asio::io_context& loop, const ClientOptions& options, const Clock& clock);
  ~ClientPool();
  ClientPool(const ClientPool&) = delete;
  ClientPool& operator=(const ClientPool&) = delete;

  // A place among the connections_per_host_max of a host. The pool outlives it.
  class Permit {
   public:
    Permit(ClientPool& pool, Hosts::iterator host) : pool_(&pool), host_(host) {}
    Permit(Permit&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), host_(other.host_) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (pool_ != nullptr) pool_->release(host_);
    }

   private:
    friend class ClientPool;
    ClientPool* pool_;
    Hosts::iterator host_;
  };

  // In the order of asking. Cancelled: throws operation_aborted.
  Task<Permit> acquire(PoolKey key);
  // The connection of the host that was used last and can be used still; null: there is none.
  std::unique_ptr<ClientConnection> take_idle(const Permit& permit);
  // Keeps the connection, if it is fit for another exchange.
  void put_idle(const Permit& permit, std::unique_ptr<ClientConnection> connection);

  [[nodiscard]] boost::asio::io_context& loop() { return loop_; }

  std::size_t requests = 0;  // that run or wait now

  // Written by the loop, read by any thread.
  struct Figures {
    std::atomic<std::uint64_t> requests = 0, failed = 0, connects = 0, reused = 0, retried = 0, idle = 0;
  } figures;

 private:
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;
  struct Waiter;
  struct Idle {
    std::unique_ptr<ClientConnection> connection;
    Clock::Steady since;
    Clock::Steady until;
  };
  struct Host {
    std::size_t active = 0;
    std::deque<Waiter*> waiters{};
    std::deque<Idle> idle{};  // the one unused longest first
  };

  void release(Hosts::iterator host);
  void forget_if_unused(Hosts::iterator host);
  void close_oldest_idle();
  void close_expired_idle();
  void schedule_sweep();
  void count_idle(std::ptrdiff_t change);

  boost::asio::io_context& loop_;
  const ClientOptions& options_;
  const Clock& clock_;
  Hosts hosts_;
  std::size_t idle_ = 0;
  bool sweeping_ = false;
  Timer sweep_;
};

}  // namespace ashlar::http::detail
