// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/ip_address.hpp"
#include "ashlar/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Determines the client behind proxies, from fields written by trusted proxies only.
namespace ashlar::web {

struct TrustedProxyOptions {
  // "10.0.0.0/8", "192.0.2.7", "fd00::/8"; "loopback" stands for 127.0.0.0/8 and ::1; "private" stands for those, RFC
  // 1918, RFC 4193 and link-local. Empty: no proxy is trusted, and the fields below are ignored.
  std::vector<std::string> networks = {};
  // Which fields the proxies write. Only one family, since a proxy forwards the other one as the client sent it.
  enum class Fields : std::uint8_t { x_forwarded, forwarded } fields = Fields::x_forwarded;
  std::size_t hops_max = 16;  // entries examined, from the nearest proxy on
};

// The origin of a request. Views into the request.
struct ClientOrigin {
  std::string_view address;
  std::string_view authority;  // the host that the client requested
  http::Scheme scheme = http::Scheme::http;
};

// Immutable; used from every loop. Allocates nothing for a request.
class TrustedProxies {
 public:
  TrustedProxies() = default;  // trusts no proxy
  // Error proxy.invalid_network, naming the entry that cannot be parsed.
  static Result<TrustedProxies> make(const TrustedProxyOptions& options);

  // The request's own socket when its peer is not trusted. Otherwise the entries are read from the last to the first:
  // the client is the first one that is not a trusted proxy, or, if all are, the leftmost. A malformed, "unknown" or
  // obfuscated entry ends the search: the client is then the proxy that wrote it, since earlier entries may be forged.
  //   X-Forwarded-For    addresses, an IPv4 with or without a port, an IPv6 bare or in brackets with a port
  //   X-Forwarded-Proto  http or https; of several, the one at the client's position in X-Forwarded-For, else the
  //                      leftmost
  //   X-Forwarded-Host   in the same way
  //   Forwarded          RFC 7239: for, proto and host of an element; proto and host of the leftmost trusted one that
  //                      has them. Quoted values with a backslash are malformed.
  // A malformed proto or host is ignored.
  [[nodiscard]] ClientOrigin origin_of(const http::Request& request) const;

  [[nodiscard]] bool empty() const { return networks_.empty(); }

 private:
  void read_x_forwarded(const http::Request& request, ClientOrigin& origin) const;
  void read_forwarded(const http::Request& request, ClientOrigin& origin) const;

  IpNetworks networks_;
  TrustedProxyOptions::Fields fields_ = TrustedProxyOptions::Fields::x_forwarded;
  std::size_t hops_max_ = 0;
};

}  // namespace ashlar::web
