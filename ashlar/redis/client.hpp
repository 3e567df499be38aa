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

// A client for Redis 6 or later, by RESP2, on one event loop. The commands of all its coroutines share one connection
// and are pipelined.
//
//   redis::Client client(loop, {.url = "redis://:secret@127.0.0.1:6379/0"});
//   scope.start(client.run());                                       // connects, and reconnects when needed
//   auto reply = co_await client.command({"GET", "name"});
//   if (reply && !reply->is_nil()) use(reply->text);
//
// A process with several loops has one client per loop: see clients.hpp.
namespace ashlar::redis {

namespace errors {
inline constexpr ErrorCode unavailable{ErrorKind::unavailable, "redis.unavailable"};
inline constexpr ErrorCode timed_out{ErrorKind::timed_out, "redis.timed_out"};
inline constexpr ErrorCode refused{ErrorKind::internal, "redis.refused"};
inline constexpr ErrorCode invalid_url{ErrorKind::invalid, "redis.invalid_url"};
}  // namespace errors

struct ClientOptions {
  // redis[s]://[[user]:password@]host[:port][/database], or through Sentinels:
  // redis[s]+sentinel://[[user]:password@]host[:port],.../master[/database]. rediss is TLS with verified names, to the
  // Sentinels as well. The user and password are not sent to Sentinels.
  std::string url{};
  std::string sentinel_user{};      // empty: their default
  std::string sentinel_password{};  // empty: no authentication
  std::string ca_file{};            // PEM, the CAs for a rediss server; empty: the system's

  std::chrono::milliseconds command_time_max{250};       // a wait for a reply; then redis.timed_out
  std::chrono::milliseconds connect_time_max{1'000};     // one attempt, including TLS and authentication
  std::chrono::milliseconds reconnect_delay_max{2'000};  // between attempts; the first delay is 50 ms
  std::chrono::milliseconds ping_interval{
      5'000};  // silence after which a PING is sent; after twice as long the connection is closed
  std::chrono::milliseconds subscriber_ping_interval{
      500};                           // the same for a Subscriber, which misses what is published meanwhile
  std::size_t timeouts_max = 1;       // in a row; then the breaker opens and the connection is closed
  std::size_t in_flight_max = 4'096;  // commands without a reply yet; a further one is redis.unavailable
  std::size_t command_bytes_max = 16 * 1024 * 1024;
  std::size_t reply_bytes_max = 64 * 1024 * 1024;  // a larger one closes the connection

  log::Logger* log = nullptr;  // logs when the server becomes unreachable and reachable; outlives the client
};

struct Reply {
  enum class Kind : std::uint8_t { nil, integer, text, array, error } kind = Kind::nil;
  std::int64_t integer = 0;
  std::string text{};
  std::vector<Reply> items{};

  [[nodiscard]] bool is_nil() const { return kind == Kind::nil; }
};

// Statistics of a client: totals and current state.
struct ClientFigures {
  std::uint64_t commands = 0;     // all of them, including those counted below
  std::uint64_t unavailable = 0;  // refused while the breaker was open, lost with the connection, or too many
  std::uint64_t timed_out = 0;
  std::uint64_t refused = 0;                      // by the server, or not sent
  std::chrono::nanoseconds waited{0};             // for all replies together, including those that did not arrive
  std::uint64_t connections_lost = 0;             // attempts to connect that failed are not counted
  std::uint64_t connected = 0, breaker_open = 0;  // clients now: connected; with an open breaker
};

// Belongs to its loop and is used on it alone. run() has ended before it is destroyed.
//
// A server that refuses a write because it is a replica (READONLY) was demoted: the client closes the connection and
// then accepts only a master. With Sentinels, each attempt asks them for the master.
//
// The breaker: while the server is unreachable, and until an attempt to connect succeeds and its PING is answered
// within command_time_max, each command is refused immediately. Commands in flight when the connection was lost may
// have been executed; they are never sent twice. Before the first attempt has finished, commands wait for it, within
// their time limit.
class Client {
 public:
  // Throws std::invalid_argument when the URL is invalid: see check_url().
  Client(boost::asio::io_context& loop, ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Keeps a connection open until it is cancelled.
  Task<> run();

  // Errors: redis.unavailable (unreachable, or too many commands in flight), redis.timed_out, redis.refused (an error
  // reply of the server, which is the cause). A cancelled caller ends immediately; a command that was sent is executed
  // all the same.
  Task<Result<Reply>> command(std::vector<std::string> words);

  [[nodiscard]] bool is_connected() const;
  [[nodiscard]] ClientFigures figures() const;  // from any thread

 private:
  struct State;
  Task<Result<Reply>> send(std::vector<std::string> words);
  std::shared_ptr<State> state_;
};

// Receives what is published on channels, on a separate connection. Like a Client, it belongs to one loop.
class Subscriber {
 public:
  struct Handlers {
    std::function<void(std::string_view channel, std::string_view message)> on_message;
    // After each connect: messages published before were missed.
    std::function<void()> on_subscribed;
    // The connection was lost after an on_subscribed. May be empty, like the one above.
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

// redis.invalid_url with the reason, which never contains the password.
Result<> check_url(std::string_view url);

}  // namespace ashlar::redis
