// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/realtime/socket.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ashlar::realtime {

struct Upgrade {
  std::string protocol;  // the first of the client's that is in `protocols`; empty: none
  Compression compression = Compression::none;
};

// Answers a request with a requested_tunnel() of "websocket": RFC 6455 section 4.2 over HTTP/1.1, RFC 8441 over HTTP/2.
// It sets the headers of the response; the caller sets Response::tunnel to a function that calls Sockets::serve().
// nullopt: the response's status is 426 for a request that asks for no WebSocket or another version, and 400 for a
// malformed handshake; the caller adds a body. Origin and credentials are the caller's to check. `most`: what may be
// negotiated. Safe from any thread.
[[nodiscard]] std::optional<Upgrade> accept_upgrade(const http::Request& request, http::Response& response,
                                                    std::span<const std::string_view> protocols,
                                                    Compression most = Compression::deflate);

}  // namespace ashlar::realtime
