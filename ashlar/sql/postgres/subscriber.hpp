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

// Messages between the processes that use one PostgreSQL database: NOTIFY and LISTEN. A notification sent in a
// transaction is delivered when it commits, and never if it rolls back.
//
//   Subscriber subscriber(loop, {.url = url}, {"orders"}, {.on_message = ..., .on_subscribed = ...});
//   scope.start(subscriber.run());
//   co_await notify(tx, "orders", id.to_string());
//
// Nothing is stored for a disconnected subscriber: on_subscribed reports that it is connected again, and the
// application then reads again what earlier messages had announced. Source: PostgreSQL 15, SQL commands, NOTIFY.
namespace ashlar::sql::postgres {

inline constexpr std::size_t channel_bytes_max = 63;
inline constexpr std::size_t message_bytes_max = 7'999;

struct SubscriberOptions {
  std::string url{};                                  // bypassing a transaction pooler: Options::direct_url
  std::chrono::milliseconds connect_time_max{2'000};  // one attempt; libpq counts whole seconds, at least two
  std::chrono::milliseconds reconnect_delay_max{1'000};
  std::chrono::milliseconds check_interval{5'000};   // silence after which the connection is checked
  std::chrono::milliseconds answer_time_max{2'000};  // for the answer to a check; then it is lost
  log::Logger* log = nullptr;  // logs when the server becomes unreachable and reachable; outlives this
};

// Uses its own connection and reconnects automatically. Belongs to its loop and is used on it alone; run() has ended
// before it is destroyed.
class Subscriber {
 public:
  // Called on the loop, one at a time. They do not throw.
  struct Handlers {
    std::function<void(std::string_view channel, std::string_view message)> on_message;
    // After each connect: notifications sent before were missed.
    std::function<void()> on_subscribed;
    // The connection was lost after an on_subscribed. May be empty, like the one above.
    std::function<void()> on_lost = {};
  };
  // Throws std::invalid_argument when a channel's name is empty, longer than channel_bytes_max, or contains NUL.
  Subscriber(boost::asio::io_context& loop, SubscriberOptions options, std::vector<std::string> channels,
             Handlers handlers);
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  // Runs until it is cancelled. Call once.
  Task<> run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Notifies all subscribers of the database; in a transaction, at its commit. Errors: those of sql::errors, and
// database.failed for a message that is too long, a channel without a name, and on SQLite, which serves one process.
Task<Result<>> notify(Executor& executor, std::string channel, std::string message);

}  // namespace ashlar::sql::postgres
