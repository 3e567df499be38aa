// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/test_signal.hpp"
#include "ashlar/http/message.hpp"

#include <boost/system/system_error.hpp>

#include <stdexcept>
#include <string>

namespace ashlar::http::detail {

// For the tests of connections and servers: a handler that speaks the protocol "echo" through a tunnel.
class TestTunnel {
 public:
  Signal<bool> opened;  // by a request with the query "signal"

  // It returns what it reads, as "<bytes>". It says "bye" and ends when it reads "end", and throws when it reads
  // "throw". `left`: how it ended otherwise, "ended", "cancelled" or an error's code.
  Task<> open(Request& request, Response& response, Signal<std::string>& left) {
    if (requested_tunnel(request) != "echo") {
      response.status = 426;
      co_return;
    }
    if (request.query == "signal") opened.set(true);
    response.headers.add("Upgrade", "echo");
    response.headers.add("Extra", "yes");
    response.tunnel = [&left](Tunnel& tunnel) { return use(tunnel, left); };
  }

 private:
  static Task<> use(Tunnel& tunnel, Signal<std::string>& left) {
    try {
      while (true) {
        const auto bytes = co_await tunnel.read();
        if (!bytes || bytes->empty()) {
          left.set(bytes ? "ended" : std::string(bytes.error().code().name));
          co_return;
        }
        const std::string text(bytes->data(), bytes->size());
        if (text == "throw") throw std::runtime_error("no");
        (void)co_await tunnel.write(text == "end" ? "bye" : "<" + text + ">");
        if (text == "end") co_return;
      }
    } catch (const boost::system::system_error&) {
      left.set("cancelled");
    }
  }
};

}  // namespace ashlar::http::detail
