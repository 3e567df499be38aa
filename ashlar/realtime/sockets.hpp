// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/realtime/message_deflate.hpp"
#include "ashlar/realtime/socket.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::realtime {

struct SocketOptions {
  MessageLimits message{};
  // Frames that were sent and that the connection has not accepted. Beyond either the client is a slow consumer: the
  // socket closes with 1013 behind the queue, so that a client that resumes has advanced. One message always fits an
  // empty queue.
  std::size_t queue_bytes_max = 1024 * 1024;
  std::size_t queue_messages_max = 16 * 1024;
  // After so long without a byte from the client it gets a ping; 0: never. Less than the idle limit of proxies.
  std::chrono::milliseconds ping_after{25'000};
  std::chrono::milliseconds pong_time_max{10'000};  // then a client that has sent nothing is disconnected
  // From close() to the client's close frame, the queue included; then the connection is reset.
  std::chrono::milliseconds close_time_max{5'000};
  std::chrono::milliseconds sweep_interval{1'000};  // how often these times are checked, and so their accuracy
  DeflateOptions deflate{};
};

struct SocketsStatistics {
  std::uint64_t opened = 0;
  std::array<std::uint64_t, 10> ended{};  // by Ending
  SocketStatistics closed{};              // of all sockets that have ended, added up
};

// Uses a socket until it ends; see Socket::receive(). It may return earlier: the socket then closes with 1000.
using SocketUser = std::move_only_function<Task<>(Socket&)>;

// The WebSockets of one loop, and what they share: the compressor, the decompressor and one timer for all time limits.
// Created by any thread before the loop runs; everything else happens on the loop. Outlives the sockets. The clock
// outlives it; with a ManualClock a test calls sweep() itself.
//
// To stop: close_all() on each loop, then http::Server::stop(), which waits for the close handshakes and cancels what
// is left. A cancelled socket drops its queue, and its connection ends without a close frame.
class Sockets {
 public:
  Sockets(boost::asio::io_context& loop, const Clock& clock, SocketOptions options = {});
  ~Sockets();
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  // Runs a WebSocket on the tunnel of an accepted request (websocket_upgrade.hpp). Resumes when the user has returned
  // and the close handshake is over. Throws std::runtime_error to reset the connection when the handshake did not
  // complete, and operation_aborted when it was cancelled.
  [[nodiscard]] Task<> serve(http::Tunnel& tunnel, Compression compression, SocketUser use);

  // Closes every socket, for example with 1001, behind what is queued; later ones close at once.
  void close_all(CloseCode code, std::string_view reason);
  // Checks the time limits now; the timer calls it.
  void sweep();

  [[nodiscard]] std::size_t size() const { return sockets_.size(); }
  [[nodiscard]] const SocketsStatistics& statistics() const { return statistics_; }
  [[nodiscard]] const SocketOptions& options() const { return options_; }
  [[nodiscard]] boost::asio::io_context& loop() const { return loop_; }

 private:
  friend class Socket;
  struct Sweeper;
  void add(Socket& socket);
  void remove(Socket& socket);

  boost::asio::io_context& loop_;
  const Clock& clock_;
  const SocketOptions options_;
  MessageDeflater deflater_;
  MessageInflater inflater_;
  std::vector<Socket*> sockets_;
  struct Stopping {
    CloseCode code;
    std::string reason;
  };
  std::optional<Stopping> stopping_;
  SocketsStatistics statistics_;
  std::shared_ptr<Sweeper> sweeper_;
};

}  // namespace ashlar::realtime
