// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace ashlar::http {

// What the open internet may make a server spend. Each has a status or an end of connection as its answer.
struct Limits {
  std::size_t request_line_bytes_max = 8 * 1024;   // 414
  std::size_t header_bytes_max = 32 * 1024;        // 431; of all header lines together
  std::size_t header_count_max = 100;              // 431
  std::size_t body_bytes_max = 10 * 1024 * 1024;   // 413; a handler may read with a lower one
  std::size_t pipelined_requests_max = 64;         // unanswered ones read ahead; more wait in the socket
  std::size_t output_bytes_max = 1024 * 1024;      // joined answers waiting for a slow reader; then reading stops
  std::size_t connections_max = 10'000;            // in all; more are closed at once
  std::size_t requests_per_connection_max = 1'000'000;  // then `Connection: close`
  std::size_t discarded_body_bytes_max = 64 * 1024;  // an unread body is skipped up to here, else the connection ends
  std::chrono::milliseconds header_time_max{10'000};  // 408; from the first byte of a request to its last header
  std::chrono::milliseconds body_idle_time_max{30'000};  // 408; between two pieces of a body
  std::chrono::milliseconds idle_time_max{75'000};  // a kept-alive connection without a request is closed
  std::chrono::milliseconds write_time_max{30'000};  // a reader that takes nothing for that long is cut off
  std::chrono::milliseconds tls_handshake_time_max{10'000};
};

struct TlsOptions {
  std::string certificate_chain_file;  // PEM
  std::string private_key_file;        // PEM
};

struct ServerOptions {
  std::string host = "0.0.0.0";  // a numeric address; "::" listens on both families
  std::uint16_t port = 3000;     // 0: any free one
  std::size_t loops = 0;         // event loops, each with a thread and an acceptor of its own; 0: one a core
  Limits limits;
  std::optional<TlsOptions> tls;
};

// An HTTP server. Owns its loops and threads; the handler outlives it.
class Server {
 public:
  // Binds and listens. Throws std::system_error when the address cannot be had, std::runtime_error for a bad
  // certificate or key; both say what and why.
  Server(ServerOptions options, Handler& handler);
  ~Server();  // stops at once if it still runs
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();  // starts the loops' threads and returns
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t loops() const;
  [[nodiscard]] boost::asio::io_context& loop(std::size_t index);
  [[nodiscard]] std::size_t connections() const;  // open now

  // Graceful: accepts no more, closes idle connections, lets requests in flight finish with `Connection: close`, ends
  // what is left after `within`, joins the threads. From any thread that is not a loop's; idempotent.
  void stop(std::chrono::milliseconds within);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::http
