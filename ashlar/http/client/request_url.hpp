// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/ip_address.hpp"
#include "ashlar/http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::http {

// Who is asked: scheme, host and port (RFC 6454). Two URLs with equal origins are served by the same party.
struct Origin {
  Scheme scheme = Scheme::https;
  std::string host{};                  // a DNS name in lower case without a trailing dot, or `address` as text
  std::optional<IpAddress> address{};  // set when the URL names an address
  std::uint16_t port = 443;

  // The value of the Host field: the port only where it is not the scheme's own, brackets around IPv6.
  [[nodiscard]] std::string host_field() const;

  friend bool operator==(const Origin&, const Origin&) = default;
};

// An absolute http or https URL (RFC 3986) that a Client can send a request to. Immutable.
//
// A host has one spelling only, so that the egress policy, the TLS verification, the connection pool and the resolver
// see the same host. These are refused: user information, empty hosts and labels, percent-encoding in a host, an
// address in any other spelling than four decimal numbers ("127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1"), zone
// ids, IPvFuture, ports 0 and above 65535, white space, control characters, and bytes outside ASCII (give an
// internationalized name as its A-label, "xn--...").
// One trailing dot of a name is removed. An IPv4-mapped IPv6 address is the IPv4 address. The fragment is dropped.
class RequestUrl {
 public:
  static constexpr std::size_t bytes_max = 8 * 1024;

  // Error http_client.invalid_url; the message says what is wrong without repeating the URL.
  [[nodiscard]] static Result<RequestUrl> parse(std::string_view text);
  // The URL that `reference`, the value of a Location field, means here (RFC 3986 section 5.2). Errors as parse().
  [[nodiscard]] Result<RequestUrl> resolve(std::string_view reference) const;

  [[nodiscard]] const Origin& origin() const { return origin_; }
  [[nodiscard]] const std::string& target() const { return target_; }  // "/path?query", what the request line holds
  [[nodiscard]] std::string to_string() const;

 private:
  RequestUrl() = default;

  Origin origin_;
  std::string target_;
};

}  // namespace ashlar::http
