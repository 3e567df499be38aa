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
  // A TCP socket that listens already (socket activation). The server closes it; host and port are not used.
  std::optional<int> listening_socket{};
  std::size_t loops = 0;  // event loops, each with a thread and an acceptor of its own; 0: one a core
  Limits limits{};
  Protocols protocols = Protocols::http1_and_http2;
  ProxyProtocolOptions proxy_protocol{};
  std::optional<TlsOptions> tls{};  // absent: plain
};

// An HTTP server. Owns its loops and threads; the handler outlives it.
class Server {
 public:
  // Binds and listens. Throws std::system_error when the address cannot be had, std::runtime_error for a bad
  // certificate, key or network; both say what and why.
  Server(ServerOptions options, Handler& handler);
  ~Server();  // stops at once if it still runs
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();  // starts the loops' threads and returns
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t loops() const;
  [[nodiscard]] boost::asio::io_context& loop(std::size_t index);
  [[nodiscard]] std::size_t connections() const;  // open now
  // How late a loop came to its own timer, which it sets ten times a second while it has connections: what else it had
  // to do meanwhile. From any thread.
  struct LoopLag {
    std::chrono::nanoseconds total{0};
    std::uint64_t timers = 0;
  };
  [[nodiscard]] LoopLag loop_lag(std::size_t index) const;
  [[nodiscard]] std::chrono::nanoseconds take_loop_lag_max(std::size_t index);  // since it was taken before

  // New connections get the certificate that these files hold now; those that are open keep theirs, and sessions can
  // still be resumed. On an error everything stays as it was. Of a server that was made with TLS, from any thread that
  // is not a loop's; it reads files. Errors: see inspect_tls().
  Result<TlsCertificate> reload_tls(const TlsOptions& options);

  // Graceful: takes what waits to be accepted and accepts no more (what waits at a `listening_socket` stays there for
  // the next process), closes idle connections after Limits::drain_notice_time, lets requests in flight finish with
  // `Connection: close`, ends what is left after `within`, joins the threads. Gives how many connections it ended so.
  // From any thread that is not a loop's; the second time it does nothing.
  std::size_t stop(std::chrono::milliseconds within);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::http
