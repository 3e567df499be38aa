// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/redis/client.hpp"
#include "ashlar/redis/detail/reply_reader.hpp"
#include "ashlar/redis/detail/url.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace ashlar::redis::detail {

using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

// The owner of a connection.
class LinkOwner {
 public:
  LinkOwner() = default;
  LinkOwner(const LinkOwner&) = delete;
  LinkOwner& operator=(const LinkOwner&) = delete;
  virtual ~LinkOwner() = default;
  virtual void connected() = 0;
  virtual std::string outgoing() = 0;  // what to send now; empty: nothing
  virtual void received(Reply reply) = 0;
  virtual void ping() = 0;  // the connection has been silent
  virtual void lost(const Error& why) = 0;
};

// Keeps one connection open while run() runs. Belongs to one loop.
class Link {
 public:
  Link(boost::asio::io_context& loop, ClientOptions options, LinkOwner& owner);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link();

  Task<> run();
  [[nodiscard]] bool is_connected() const { return connection_ != nullptr; }
  // Asks the owner for bytes to send, after the handlers that are ready now have run.
  void flush_soon();
  void drop(std::string why);  // closes the connection and reconnects
  // The server is a replica: reconnects, and from now on accepts only a master (ROLE).
  void drop_replica();
  [[nodiscard]] const ClientOptions& options() const { return options_; }
  [[nodiscard]] const LoopExecutor& loop() const { return loop_; }

 private:
  struct Connection;
  using Shared = std::shared_ptr<Connection>;

  Task<Error> attempt();
  Task<Result<>> open(Shared connection);
  Task<> connect(Shared connection, Endpoint endpoint);
  // The master's address, from the first Sentinel that knows it.
  Task<Result<Endpoint>> find_master();
  Task<Result<Endpoint>> ask_sentinel(Endpoint sentinel);
  Task<Result<Reply>> read_one(Shared connection);
  Task<Result<>> sign_in(Shared connection);
  Task<Error> read(Shared connection);
  void flush(const Shared& connection);
  void watch(const Shared& connection);
  std::chrono::milliseconds next_delay();

  LoopExecutor loop_;
  ClientOptions options_;
  Address address_;
  LinkOwner& owner_;
  std::optional<boost::asio::ssl::context> tls_;
  Shared connection_;  // null unless authenticated
  int failures_ = 0;
  std::size_t sentinel_ = 0;  // index of the one to ask first: the last one that answered
  bool checks_role_ = false;  // Sentinels may name a replaced master
  std::minstd_rand chance_{std::random_device{}()};
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

Error unavailable(std::string why);

}  // namespace ashlar::redis::detail
