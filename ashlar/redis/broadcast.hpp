// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/redis/clients.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace ashlar::redis {

// Sends messages to every process that subscribes to a channel, including this one. Each process confirms a message
// after its handler has run, so the publisher can wait until no process acts on an older state.
//
//   redis::Broadcast prices(clients, "prices", random, {.on_message = ...});   // before clients.start(loops)
//   const bool known_to_all = co_await prices.publish("42");                      // on any of the loops
//
// On the channel: "<process> <number> <message>". On <channel>:<process>, to which that process subscribes: the numbers
// of the messages that another process has handled. Redis drops messages that have no subscriber: in on_subscribed, an
// application reads again what it must not miss.
//
// The handlers are called on the first loop. The clients are closed before it is destroyed.
class Broadcast {
 public:
  // Subscribes, so it is constructed before the clients start.
  Broadcast(Clients& clients, std::string channel, Random& random, Subscriber::Handlers handlers);
  ~Broadcast();
  Broadcast(const Broadcast&) = delete;
  Broadcast& operator=(const Broadcast&) = delete;

  // Returns when every process that Redis reaches has confirmed, or after ClientOptions::command_time_max. False: Redis
  // is unreachable, or a process did not confirm.
  Task<bool> publish(std::string message);

  // The same for a script that publishes: it sends text() to channel(), and passes the result of PUBLISH to
  // confirmed(). Belongs to the loop that created it.
  class Announcement {
   public:
    ~Announcement();
    Announcement(const Announcement&) = delete;
    Announcement& operator=(const Announcement&) = delete;

    [[nodiscard]] const std::string& text() const { return text_; }
    Task<bool> confirmed(std::int64_t receivers);

   private:
    friend Broadcast;
    struct Waiting;
    Announcement(Broadcast& owner, const LoopExecutor& loop, std::string_view message);

    Broadcast& owner_;
    std::uint64_t number_ = 0;
    std::shared_ptr<Waiting> waiting_;
    std::string text_;
  };
  [[nodiscard]] Announcement announce(const LoopExecutor& loop, std::string_view message) {
    return {*this, loop, message};
  }
  [[nodiscard]] const std::string& channel() const;
  [[nodiscard]] bool is_subscribed() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ashlar::redis
