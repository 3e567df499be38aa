// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

namespace ashlar::tests {

// A TCP proxy on 127.0.0.1, with a thread of its own, that does to connections what networks do. Settings hold for the
// connections that are open and for new ones. Safe from any thread.
class FaultProxy {
 public:
  explicit FaultProxy(int server_port);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  [[nodiscard]] int port() const;
  // Each piece of data is held back for so long.
  void delay(std::chrono::milliseconds by);
  // When so many more bytes have come from that side, the connection on which the last of them came is cut.
  void cut_after_bytes_of_server(std::int64_t bytes);
  void cut_after_bytes_of_client(std::int64_t bytes);
  // Nothing passes, and nothing is refused either, until `restore`.
  void swallow();
  // Ends every connection that is open, now.
  void cut();
  // Cuts, and ends each new connection at once, until `restore`.
  void refuse();
  void restore();
  // Open now, each a connection of a client and one to the server.
  [[nodiscard]] int connections() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::tests
