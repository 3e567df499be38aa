// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ashlar::redis::detail {

struct Address {
  enum class Transport : std::uint8_t { plain, tls } transport = Transport::plain;
  std::string host;
  std::string port = "6379";
  std::string user{};      // empty: the server's default
  std::string password{};  // empty: none is asked for
  int database = 0;
};

Result<Address> parse_url(std::string_view url);

}  // namespace ashlar::redis::detail
