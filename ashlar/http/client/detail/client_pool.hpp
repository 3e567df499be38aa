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

// Requests share connections only if all of this is equal.
struct PoolKey {
  explicit PoolKey(const Origin& origin, EgressPolicy policy)
      : scheme(origin.scheme), host(origin.host), port(origin.port), egress(std::move(policy)) {}

  Scheme scheme;
  std::string host;
  std::uint16_t port;
  EgressPolicy egress;

  friend auto operator<=>(const PoolKey&, const PoolKey&) = default;
};

// The connections of one loop: the number in use per host, the requests that wait for one, and the idle ones. Used on
// its loop only, except for the figures. Owned by the frames that use it.
class ClientPool : public std::enable_shared_from_this<ClientPool> {
  struct Host;
  using Hosts = std::map<PoolKey, Host>;

 public:
  // The loop, the options and the clock outlive the pool.
  ClientPool(boost::asio::io_context& loop, const ClientOptions& options, const Clock& clock);
  ~ClientPool();
  ClientPool(const ClientPool&) = delete;
  ClientPool& operator=(const ClientPool&) = delete;

  // One of a host's connections_per_host_max slots. The pool outlives it.
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

  // In the order of the calls. Cancellation throws operation_aborted.
  Task<Permit> acquire(PoolKey key);
  // The host's most recently used connection that is still usable; null: there is none.
  std::unique_ptr<ClientConnection> take_idle(const Permit& permit);
  // Keeps the connection if it can be used for another exchange.
  void put_idle(const Permit& permit, std::unique_ptr<ClientConnection> connection);

  [[nodiscard]] boost::asio::io_context& loop() { return loop_; }

  std::size_t requests = 0;  // running or waiting now

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
    std::deque<Idle> idle{};  // the least recently used one first
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
