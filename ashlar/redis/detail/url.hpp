// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::redis::detail {

struct Endpoint {
  std::string host;
  std::string port;
};

// A parsed URL: redis[s]://[[user]:password@]host[:port][/database], or
// redis[s]+sentinel://[[user]:password@]host[:port],.../master[/database].
struct Address {
  enum class Transport : std::uint8_t { plain, tls } transport = Transport::plain;
  std::vector<Endpoint> endpoints;  // the server, or the Sentinels
  std::string master_name{};        // the master's name at the Sentinels; empty: the endpoint is the server
  std::string user{};               // empty: the server's default
  std::string password{};           // empty: no authentication
  int database = 0;
};

Result<Address> parse_url(std::string_view url);

}  // namespace ashlar::redis::detail
