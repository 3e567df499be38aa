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

// Messages to every process that hears a channel, this one too, each confirmed by those that have taken it in. So who
// tells something can wait until nobody acts on what was before.
//
//   redis::Broadcast prices(clients, "prices", random, {.on_message = ...});   // before clients.start(loops)
//   const bool known_to_all = co_await prices.tell("42");                      // on any of the loops
//
// On the channel: "<process> <number> <message>". On <channel>:<process>, which that process hears: the numbers of what
// was taken in, from each that has. Redis forgets a message that nobody hears: what must not be missed is looked up
// again when on_subscribed is called.
//
// The handlers are called on the first loop. The clients are closed before it is destroyed.
class Broadcast {
 public:
  // Subscribes, so the clients are not started yet.
  Broadcast(Clients& clients, std::string channel, Random& random, Subscriber::Handlers handlers);
  ~Broadcast();
  Broadcast(const Broadcast&) = delete;
  Broadcast& operator=(const Broadcast&) = delete;

  // Returns when every process that Redis reaches has taken it in; after ClientOptions::command_time_max without one of
  // them. False: Redis is unreachable, or not all have confirmed.
  Task<bool> tell(std::string message);

  // The same for what publishes by itself, a script: text() goes to channel(), and what PUBLISH gave to confirmed().
  // Belongs to the loop that made it.
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
  [[nodiscard]] bool is_heard() const;  // what others tell, now

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ashlar::redis
