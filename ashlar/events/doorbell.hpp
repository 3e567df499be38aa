// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace ashlar::redis {
class Clients;
}
namespace ashlar::sql {
class Database;
}

namespace ashlar::events {

struct DoorbellOptions {
  std::chrono::milliseconds interval_min{5};  // between two messages: commits in between share one
};

// Tells the other instances that something was committed, so that they need not wait for their next poll. A lost
// message delays the reader by its poll interval and loses nothing.
//
// ring() costs the request nothing: a task of its own sends the messages, from start(), before the loop has a thread,
// to close(), when the thread has been joined.
class Doorbell {
 public:
  using Send = std::function<Task<Result<>>()>;
  explicit Doorbell(Send send, DoorbellOptions options = {});
  ~Doorbell();  // it was closed, or never started
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  void start(boost::asio::io_context& loop);
  void close();

  void ring();  // from any thread

  [[nodiscard]] std::uint64_t sent() const;  // messages, since the start

 private:
  Task<> run();

  struct State;
  std::unique_ptr<State> state_;
};

// PUBLISH on a Redis channel, and a NOTIFY that is a transaction of its own: in a business transaction it would take a
// lock of the whole PostgreSQL cluster at the commit. What they refer to outlives the doorbell.
[[nodiscard]] Doorbell::Send publish_on(redis::Clients& clients, std::string channel);
[[nodiscard]] Doorbell::Send notify_on(sql::Database& database, std::string channel);

}  // namespace ashlar::events
