// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/test_handler.hpp"
#include "ashlar/http/errors.hpp"
#include "ashlar/http/server.hpp"
#include "tests/support/raw_client.hpp"

#include <chrono>
#include <string>

// For the tests of connections and servers.
namespace ashlar::http::detail {

// A started server on a free port of the loopback interface.
class TestServer {
 public:
  explicit TestServer(Limits limits = {}, std::optional<TlsOptions> tls = std::nullopt, std::size_t loops = 1,
                      Protocols protocols = Protocols::http1_and_http2)
      : server({.host = "127.0.0.1",
                .port = 0,
                .loops = loops,
                .limits = limits,
                .protocols = protocols,
                .tls = std::move(tls)},
               handler) {
    server.start();
  }

  [[nodiscard]] test::RawClient connect() const { return test::RawClient(server.port()); }
  TestHandler handler;
  Server server;
};

}  // namespace ashlar::http::detail
