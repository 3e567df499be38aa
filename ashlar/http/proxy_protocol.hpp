// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace ashlar::http {

// HAProxy's PROXY protocol, versions 1 and 2: a proxy that passes bytes on (TLS included) says first whose they are.
// Request::peer_address and peer_port are then the client's.
struct ProxyProtocolOptions {
  // "10.0.0.0/8", "192.0.2.7", "loopback", "private": see IpNetworks. A connection from one of these must begin with a
  // header, and is closed when it does not; from everywhere else it must not, and one that comes is malformed HTTP.
  // Empty: nobody sends any.
  std::vector<std::string> networks = {};
  std::size_t header_bytes_max = 4096;               // of version 2, with its extensions; they are skipped
  std::chrono::milliseconds header_time_max{5'000};  // from the connection's begin to the header's end
};

}  // namespace ashlar::http
