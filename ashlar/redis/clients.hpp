// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/redis/client.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::redis {

// Redis for a process with several event loops: a Client on each, so that a command takes no lock, and one Subscriber
// on the first loop for all channels.
//
//   redis::Clients clients({.url = url});
//   clients.subscribe("prices", {.on_message = ..., .on_subscribed = ...});
//   clients.start(loops);                                       // then the loops' threads
//   auto reply = co_await clients.command({"GET", "name"});     // on any of them
//   ...                                                         // the loops are stopped, and their threads joined
//   clients.close();
//
// Connects in the background: an unreachable server does not prevent the start. Each process opens one connection per
// loop, and one more if it subscribes to any channel.
class Clients {
 public:
  // Throws std::invalid_argument when the URL is invalid: see check_url().
  explicit Clients(ClientOptions options);
  ~Clients();  // it was closed, or never started
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  // Call before start(). The handlers are called on the first loop; `on_subscribed` after each connect, once all
  // channels are subscribed. What they refer to outlives close(). A channel has one subscription.
  void subscribe(std::string channel, Subscriber::Handlers handlers);
  // Call before start(): runs the task on the first loop until close() cancels it.
  void run_in_background(std::function<Task<>()> task);

  // Call once, before any loop has a thread. The loops outlive close().
  void start(const std::vector<boost::asio::io_context*>& loops);
  // Call after the loops' threads are joined; runs our remaining handlers on this thread. Idempotent.
  void close();

  // Like Client::command, on the awaiting loop; redis.unavailable on a loop that start() did not receive.
  Task<Result<Reply>> command(std::vector<std::string> words);

  // The sums over all loops. From any thread after start() has returned and before close() is called.
  [[nodiscard]] ClientFigures figures() const;
  [[nodiscard]] const ClientOptions& options() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::redis
