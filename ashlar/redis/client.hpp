// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::log {
class Logger;
}

// Redis 6 or later, by RESP2, from one event loop: commands of all its coroutines share one connection and are sent
// without waiting for the answers of those before them.
//
//   redis::Client client(loop, {.url = "redis://:secret@127.0.0.1:6379/0"});
//   scope.start(client.run());                                       // connects, and again when it must
//   auto reply = co_await client.command({"GET", "name"});
//   if (reply && !reply->is_nil()) use(reply->text);
//
// A process with several loops has a client for each: see clients.hpp.
namespace ashlar::redis {

namespace errors {
inline constexpr ErrorCode unavailable{ErrorKind::unavailable, "redis.unavailable"};
inline constexpr ErrorCode timed_out{ErrorKind::timed_out, "redis.timed_out"};
inline constexpr ErrorCode refused{ErrorKind::internal, "redis.refused"};
inline constexpr ErrorCode invalid_url{ErrorKind::invalid, "redis.invalid_url"};
}  // namespace errors

struct ClientOptions {
  // redis[s]://[[user]:password@]host[:port][/database], or by Sentinels:
  // redis[s]+sentinel://[[user]:password@]host[:port],.../master[/database]. rediss is TLS, names checked. Sentinels
  // are asked without the user and password.
  std::string url{};
  std::string ca_file{};  // PEM, of who vouches for a rediss server; empty: those of the system

  std::chrono::milliseconds command_time_max{250};       // a wait for an answer; then redis.timed_out
  std::chrono::milliseconds connect_time_max{1'000};     // one attempt, with TLS and signing in
  std::chrono::milliseconds reconnect_delay_max{2'000};  // between attempts, which begin 50 ms apart
  std::chrono::milliseconds ping_interval{
      5'000};  // a connection that is silent for so long is asked; twice, and it ends
  std::chrono::milliseconds subscriber_ping_interval{
      500};                           // the same of a Subscriber: what is published meanwhile is not heard
  std::size_t timeouts_max = 1;       // in a row; then the breaker opens: the connection is given up
  std::size_t in_flight_max = 4'096;  // commands that wait; one more is redis.unavailable
  std::size_t command_bytes_max = 16 * 1024 * 1024;
  std::size_t reply_bytes_max = 64 * 1024 * 1024;  // larger: the connection is given up

  log::Logger* log = nullptr;  // told when the server goes away and comes back; outlives the client
};

struct Reply {
  enum class Kind : std::uint8_t { nil, integer, text, array, error } kind = Kind::nil;
  std::int64_t integer = 0;
  std::string text{};
  std::vector<Reply> items{};

  [[nodiscard]] bool is_nil() const { return kind == Kind::nil; }
};

// What a client has done so far, and how it is now.
struct ClientFigures {
  std::uint64_t commands = 0;     // answered, and those below
  std::uint64_t unavailable = 0;  // refused while the breaker was open, lost with the connection, or too many
  std::uint64_t timed_out = 0;
  std::uint64_t refused = 0;              // by the server, or not sent
  std::chrono::nanoseconds waited{0};     // for all answers together, those that did not come included
  std::uint64_t connections_lost = 0;     // attempts to connect that failed are not counted
  std::uint64_t connected = 0, away = 0;  // clients now: with a connection; whose breaker is open
};

// Belongs to its loop and is used from it alone. run() has ended before it is destroyed.
//
// A server that refuses a write since it is a replica (READONLY) was demoted: the connection is given up, and the next
// one is made to a master only. With Sentinels each attempt asks them which server that is.
//
// The breaker: while the server is unreachable, and until an attempt to connect has been answered, its PING within
// command_time_max, each command is refused at once. Commands that were sent when the connection was lost may have been
// done; they are never sent twice. Before the first attempt is over, commands wait for it within their time.
class Client {
 public:
  // Throws std::invalid_argument when the URL is none: see check_url().
  Client(boost::asio::io_context& loop, ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Keeps a connection until it is cancelled.
  Task<> run();

  // Errors: redis.unavailable (away, or too many wait), redis.timed_out, redis.refused (the server said no; what it
  // said is the cause). A cancelled caller ends at once; what was sent is done all the same.
  Task<Result<Reply>> command(std::vector<std::string> words);

  [[nodiscard]] bool is_connected() const;
  [[nodiscard]] ClientFigures figures() const;  // from any thread

 private:
  struct State;
  Task<Result<Reply>> send(std::vector<std::string> words);
  std::shared_ptr<State> state_;
};

// Hears what is published on channels, on a connection of its own. As a Client, of one loop.
class Subscriber {
 public:
  struct Handlers {
    std::function<void(std::string_view channel, std::string_view message)> on_message;
    // After each connecting: what was published before it was missed.
    std::function<void()> on_subscribed;
    // The connection was lost, after an on_subscribed. May be empty, as the one above.
    std::function<void()> on_lost = {};
  };
  Subscriber(boost::asio::io_context& loop, ClientOptions options, std::vector<std::string> channels,
             Handlers handlers);
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  Task<> run();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// redis.invalid_url with what is wrong; never with the password.
Result<> check_url(std::string_view url);

}  // namespace ashlar::redis
