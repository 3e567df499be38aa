// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// For tests of what speaks HTTP to other systems.
namespace ashlar::test {

// A server's end of one connection. Everything blocks; whatever the client no longer takes is dropped.
class ServerPeer {
 public:
  ServerPeer() = default;
  ServerPeer(const ServerPeer&) = delete;
  ServerPeer& operator=(const ServerPeer&) = delete;
  virtual ~ServerPeer() = default;

  // How many connections came before this one.
  [[nodiscard]] virtual int number() const = 0;
  // A request's head and body (by Content-Length); nullopt when the client has closed.
  virtual std::optional<std::string> read_request() = 0;
  // Up to and without the next CR LF, for other protocols; nullopt when the client has closed.
  virtual std::optional<std::string> read_line() = 0;
  // false: the client has closed.
  virtual bool write(std::string_view bytes) = 0;
  // Reads and drops what comes until the client closes.
  virtual void wait_for_close() = 0;
  // Ends the connection with RST instead of FIN.
  virtual void reset() = 0;
  // Ends the TCP connection without close_notify.
  virtual void cut_off() = 0;
};

// What is done with each connection, on a thread of its own; it closes when this returns.
using ServerScript = std::function<void(ServerPeer&)>;

struct ScriptedServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;          // 0: a free one
  std::string certificate_file{};  // PEM; empty: plain
  std::string key_file{};
};

// A server that does what a script says, right or wrong. Its end closes every connection.
class ScriptedServer {
 public:
  explicit ScriptedServer(ServerScript script, ScriptedServerOptions options = {});
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url(std::string_view path = "/") const;  // with the server's address
  [[nodiscard]] std::string authority() const;                       // "127.0.0.1:54321"
  [[nodiscard]] int accepted() const;                                // connections so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// "HTTP/1.1 200 OK" with a Content-Length.
[[nodiscard]] std::string response_with(std::string_view body);
// Answers every request of a connection with its own request line and body.
void echo(ServerPeer& peer);
// A script that sends these bytes to each request and keeps the connection.
[[nodiscard]] ServerScript answer_with(std::string bytes);
// The same, and closes.
[[nodiscard]] ServerScript answer_once_with(std::string bytes);

}  // namespace ashlar::test
