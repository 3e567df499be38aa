// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/limits.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/http/protocols.hpp"
#include "ashlar/http/proxy_protocol.hpp"
#include "ashlar/http/tls.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace ashlar::http {

struct ServerOptions {
  std::string host = "0.0.0.0";  // a numeric address; "::" listens on both families
  std::uint16_t port = 3000;     // 0: any free one
  // An already listening TCP socket (socket activation). The server closes it; host and port are ignored.
  std::optional<int> listening_socket{};
  std::size_t loops = 0;  // event loops, each with its own thread and acceptor; 0: one per core
  Limits limits{};
  Protocols protocols = Protocols::http1_and_http2;
  ProxyProtocolOptions proxy_protocol{};
  std::optional<TlsOptions> tls{};  // absent: no TLS
};

// An HTTP server. Owns its loops and threads; the handler outlives it.
class Server {
 public:
  // Binds and listens. Throws std::system_error when the address is unavailable, std::runtime_error for an invalid
  // certificate, key or network; both name it and give the reason.
  Server(ServerOptions options, Handler& handler);
  ~Server();  // stops immediately if it still runs
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();  // starts the loops' threads and returns
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t loops() const;
  [[nodiscard]] boost::asio::io_context& loop(std::size_t index);
  [[nodiscard]] std::size_t connections() const;  // open now
  // How late a loop ran its own timer, which fires ten times a second while there are connections: a measure of other
  // work on the loop. From any thread.
  struct LoopLag {
    std::chrono::nanoseconds total{0};
    std::uint64_t timers = 0;
  };
  [[nodiscard]] LoopLag loop_lag(std::size_t index) const;
  [[nodiscard]] std::chrono::nanoseconds take_loop_lag_max(std::size_t index);  // since the previous call

  // New connections get the certificate that these files hold now; open ones keep theirs, and sessions can still be
  // resumed. After an error nothing has changed. Only for a server with TLS, from any thread that is not a loop's; it
  // reads files. Errors: see inspect_tls().
  Result<TlsCertificate> reload_tls(const TlsOptions& options);

  // Graceful stop: accepts the connections that wait in the backlog and then no more (those waiting at a
  // `listening_socket` stay there for the next process), closes idle connections after Limits::drain_notice_time, lets
  // requests in flight finish with `Connection: close`, closes the remaining connections after `within`, joins the
  // threads. Returns the number of connections that it had to close. From any thread that is not a loop's. Idempotent.
  std::size_t stop(std::chrono::milliseconds within);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::http
