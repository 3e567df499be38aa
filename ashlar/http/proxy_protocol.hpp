// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace ashlar::http {

// HAProxy's PROXY protocol, versions 1 and 2: a proxy that forwards bytes (including TLS) sends the client's address
// first. Request::peer_address and peer_port are then the client's.
struct ProxyProtocolOptions {
  // "10.0.0.0/8", "192.0.2.7", "loopback", "private": see IpNetworks. A connection from one of these must begin with a
  // header, and is closed otherwise. From any other address a header is not accepted; one that arrives is malformed
  // HTTP. Empty: no proxy sends headers.
  std::vector<std::string> networks = {};
  std::size_t header_bytes_max = 4096;               // of version 2, including its extensions, which are skipped
  std::chrono::milliseconds header_time_max{5'000};  // from the start of the connection to the end of the header
};

}  // namespace ashlar::http
