// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::log {
class Logger;
}

// Messages between the processes that use one PostgreSQL database: NOTIFY and LISTEN. What is told in a transaction is
// heard when it was committed, and never when it was not.
//
//   Subscriber subscriber(loop, {.url = url}, {"orders"}, {.on_message = ..., .on_subscribed = ...});
//   scope.start(subscriber.run());
//   co_await notify(tx, "orders", id.to_string());
//
// Nothing is kept for a subscriber that is away: on_subscribed says when that is over, and whatever was known from
// messages before is read again then. Source: PostgreSQL 15, SQL commands, NOTIFY.
namespace ashlar::sql::postgres {

inline constexpr std::size_t channel_bytes_max = 63;
inline constexpr std::size_t message_bytes_max = 7'999;

struct SubscriberOptions {
  std::string url{};                                  // past a transaction pooler: Options::direct_url
  std::chrono::milliseconds connect_time_max{2'000};  // one attempt; libpq counts in seconds, from two on
  std::chrono::milliseconds reconnect_delay_max{1'000};
  std::chrono::milliseconds check_interval{5'000};   // a connection that is silent for so long is asked for an answer
  std::chrono::milliseconds answer_time_max{2'000};  // which it has so long for; then it is lost
  log::Logger* log = nullptr;                        // told when the server goes away and comes back; outlives it
};

// On a connection of its own, made again by itself when it is lost. Belongs to its loop and is used from it alone;
// run() has ended before it is destroyed.
class Subscriber {
 public:
  // Called on the loop, one at a time. They do not throw.
  struct Handlers {
    std::function<void(std::string_view channel, std::string_view message)> on_message;
    // After each connecting: what was told before was missed.
    std::function<void()> on_subscribed;
    // The connection was lost, after an on_subscribed. May be empty, as the one above.
    std::function<void()> on_lost = {};
  };
  // Throws std::invalid_argument when a channel has no name, or one that is longer than channel_bytes_max or holds NUL.
  Subscriber(boost::asio::io_context& loop, SubscriberOptions options, std::vector<std::string> channels,
             Handlers handlers);
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  // Until it is cancelled. Once.
  Task<> run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Tells all subscribers of the database; in a transaction, at its commit. Errors: those of sql::errors, and
// database.failed for a message that is too long, a channel without a name, and on SQLite, which has no other processes
// to tell.
Task<Result<>> notify(Executor& executor, std::string channel, std::string message);

}  // namespace ashlar::sql::postgres
