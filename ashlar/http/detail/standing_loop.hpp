// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/connection.hpp"
#include "ashlar/http/detail/loop.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <utility>

// For tests and fuzz targets.
namespace ashlar::http::detail {

// A loop that runs only when told to, on the caller's thread, so that a test can act between two of its steps, and the
// same bytes always meet the same steps.
class StandingLoop {
 public:
  StandingLoop(const Limits& limits, Handler& handler)
      : shared_(limits, handler, nullptr, ProxyProtocol{}, Protocols::http1_and_http2), loop_(shared_) {}

  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] std::size_t connections() const { return shared_.connections.load(); }

  // Takes ownership of a connected stream socket, of any family.
  void serve(int descriptor) {
    Socket socket(loop_.context());
    socket.assign(boost::asio::ip::tcp::v4(), descriptor);
    socket.non_blocking(true);
    const boost::asio::ip::tcp::endpoint peer(boost::asio::ip::address_v4::loopback(), 1);
    Connection::start(loop_, std::move(socket), peer, ConnectionPermit(shared_), Preface::none);
    go_round();
  }
  // Runs everything that is ready without waiting.
  void go_round() {
    loop_.context().restart();
    loop_.context().poll();
  }

 private:
  ServerShared shared_;
  Loop loop_;
};

}  // namespace ashlar::http::detail
