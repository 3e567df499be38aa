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

// The target of a request: scheme, host and port (RFC 6454). URLs with equal origins are served by the same server.
struct Origin {
  Scheme scheme = Scheme::https;
  std::string host{};                  // a DNS name in lower case without a trailing dot, or `address` as text
  std::optional<IpAddress> address{};  // set when the URL names an address
  std::uint16_t port = 443;

  // The value of the Host field: the port only if it is not the scheme's default; brackets around IPv6.
  [[nodiscard]] std::string host_field() const;

  friend bool operator==(const Origin&, const Origin&) = default;
};

// An absolute http or https URL (RFC 3986) that a Client can send a request to. Immutable.
//
// A host has exactly one spelling, so that the egress policy, the TLS verification, the connection pool and the
// resolver see the same host. Refused are user information, empty hosts and labels, percent-encoding in a host, any
// spelling of an IPv4 address but four decimal numbers ("127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1"), zone ids,
// IPvFuture, port 0 and ports above 65535, white space, control characters, and bytes outside ASCII (pass an
// internationalized name as its A-label, "xn--..."). A single trailing dot of a name is removed. An IPv4-mapped IPv6
// address becomes the IPv4 address. The fragment is dropped.
class RequestUrl {
 public:
  static constexpr std::size_t bytes_max = 8 * 1024;

  // Error http_client.invalid_url; the message gives the reason without repeating the URL.
  [[nodiscard]] static Result<RequestUrl> parse(std::string_view text);
  // Resolves `reference`, the value of a Location field, against this URL (RFC 3986 section 5.2). Errors as in parse().
  [[nodiscard]] Result<RequestUrl> resolve(std::string_view reference) const;

  [[nodiscard]] const Origin& origin() const { return origin_; }
  [[nodiscard]] const std::string& target() const { return target_; }  // "/path?query", for the request line
  [[nodiscard]] std::string to_string() const;

 private:
  RequestUrl() = default;

  Origin origin_;
  std::string target_;
};

}  // namespace ashlar::http
