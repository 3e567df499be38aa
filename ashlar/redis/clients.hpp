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
// on the first, for all channels.
//
//   redis::Clients clients({.url = url});
//   clients.subscribe("prices", {.on_message = ..., .on_subscribed = ...});
//   clients.start(loops);                                       // then the loops' threads
//   auto reply = co_await clients.command({"GET", "name"});     // on any of them
//   ...                                                         // the loops are stopped, and their threads joined
//   clients.close();
//
// Connects in the background: a server that is away is no reason not to start. Each process makes one connection a
// loop, and one more if it subscribes to anything.
class Clients {
 public:
  // Throws std::invalid_argument when the URL is none: see check_url().
  explicit Clients(ClientOptions options);
  ~Clients();  // it was closed, or never started
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  // Before start(). The handlers are called on the first loop; `on_subscribed` after each connecting, when all channels
  // are heard. What they refer to outlives close(). A channel has one subscription.
  void subscribe(std::string channel, Subscriber::Handlers handlers);
  // Before start(): runs on the first loop until close() cancels it.
  void run_beside(std::function<Task<>()> task);

  // Once, while no loop has a thread yet. The loops outlive close().
  void start(const std::vector<boost::asio::io_context*>& loops);
  // When the loops' threads are joined; runs what is left of ours on this thread. The second time it does nothing.
  void close();

  // As Client::command, on the loop that awaits; redis.unavailable on one that start() was not given.
  Task<Result<Reply>> command(std::vector<std::string> words);

  // Of all loops together. From any thread between the return of start() and the call of close().
  [[nodiscard]] ClientFigures figures() const;
  [[nodiscard]] const ClientOptions& options() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::redis
