// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"

#include <cstdint>
#include <string_view>

namespace ashlar::http::detail {

// The peer of a connection, as reported by each of its requests. Views into the connection.
struct Peer {
  Scheme scheme = Scheme::http;
  std::string_view address;
  std::uint16_t port = 0;
  std::string_view client_certificate;

  void introduce(Request& request) const {
    request.scheme = scheme;
    request.peer_address = address;
    request.peer_port = port;
    request.client_certificate = client_certificate;
  }
};

}  // namespace ashlar::http::detail
