// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/ip_address.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ashlar::http::detail {

// A host in its canonical spelling: see RequestUrl.
struct HostName {
  std::string text;
  std::optional<IpAddress> address;  // set when it is an address
};

// `text` without brackets and port: a DNS name (RFC 1123 section 2.1; underscores are accepted) or an IPv4 address.
[[nodiscard]] std::optional<HostName> parse_host_name(std::string_view text);
[[nodiscard]] HostName host_name_of(const IpAddress& address);
// 1 to 65535 in at most five digits.
[[nodiscard]] std::optional<std::uint16_t> parse_port(std::string_view text);

// "192.0.2.1", "2001:db8::1".
[[nodiscard]] std::string to_string(const IpAddress& address);

}  // namespace ashlar::http::detail
