// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/client.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/async/wakeup.hpp"
#include "ashlar/realtime/detail/peer.hpp"
#include "ashlar/realtime/server.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace ashlar::realtime::detail {

// What the server has on one loop: its clients, and the task that checks them again.
class Loop {
 public:
  Loop(ServerState& server, Hub& hub, boost::asio::io_context& io);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void start() { tasks_.start(run()); }
  void close();  // after the loop's end

  // On the loop.
  void add(Peer& peer);
  void remove(Peer& peer);
  void check_account(const std::optional<Uuid>& account);
  void end_session(const Uuid& session);
  void drain();
  [[nodiscard]] bool is_draining() const { return draining_; }

  ServerState& server;
  boost::asio::io_context& io;
  HubLoop hub;
  Sockets sockets;

 private:
  Task<> run();
  Task<> check(std::uint64_t id);
  void fail(std::uint64_t id);
  void sweep();
  void queue_check(std::uint64_t id);
  [[nodiscard]] Peer* find(std::uint64_t id);

  std::unordered_map<std::uint64_t, Peer*> peers_;
  std::unordered_multimap<Uuid, std::uint64_t> by_account_, by_session_;
  std::deque<std::uint64_t> queue_;
  std::unordered_set<std::uint64_t> queued_;
  Clock::Steady swept_at_;
  bool draining_ = false;
  async::Wakeup wakeup_;
  async::TaskScope tasks_;
};

class ServerState {
 public:
  ServerState(ServerOptions the_options, ServerServices the_services);

  const ServerOptions options;
  const ServerServices services;
  web::TrustedProxies proxies;
  const api::Api* api = nullptr;
  std::optional<api::Client> client;
  FeedStart feed;  // of start()
  std::unique_ptr<Hub> hub;
  std::vector<std::shared_ptr<Loop>> loops;
  std::atomic<std::uint64_t> last_peer = 0;
  std::atomic<std::size_t> peers = 0;

  // The loop of this io_context; null: the server does not run there.
  [[nodiscard]] Loop* loop_of(const boost::asio::execution_context& io) const;
  // Whether the account may have another client, which then counts.
  [[nodiscard]] bool admit(const Uuid& account);
  void release(const Uuid& account);
  // Waits until the feed has reached the position, at most ServerOptions::feed_wait_max.
  [[nodiscard]] Task<> wait_for_feed(Position after) const;
  // Whether the credential would still be accepted.
  [[nodiscard]] Task<Result<>> verify_again(std::shared_ptr<const Identity> identity) const;
  [[nodiscard]] std::chrono::milliseconds reconnect_delay() const;

 private:
  std::mutex mutex_;
  std::unordered_map<Uuid, std::size_t> clients_of_;
};

}  // namespace ashlar::realtime::detail
