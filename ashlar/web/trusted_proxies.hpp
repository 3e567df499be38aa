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

// Who is at the other end when proxies stand in between, as those proxies tell, and only those that are trusted.
namespace ashlar::web {

struct TrustedProxyOptions {
  // "10.0.0.0/8", "192.0.2.7", "fd00::/8"; "loopback" (127.0.0.0/8, ::1) and "private" (that, RFC 1918, RFC 4193 and
  // link-local) stand for several. Empty: nobody is trusted, and the fields below are not even looked for.
  std::vector<std::string> networks = {};
  // Which fields the proxies write. One family only: a proxy passes the other on as the client sent it.
  enum class Fields : std::uint8_t { x_forwarded, forwarded } fields = Fields::x_forwarded;
  std::size_t hops_max = 16;  // entries looked at, from the nearest proxy on
};

// Where a request comes from. Views into the request.
struct ClientOrigin {
  std::string_view address;
  std::string_view authority;  // the host that the client asked for
  http::Scheme scheme = http::Scheme::http;
};

// Immutable; used from every loop. Allocates nothing for a request.
class TrustedProxies {
 public:
  TrustedProxies() = default;  // trusts nobody
  // Error proxy.invalid_network, naming what it cannot read.
  static Result<TrustedProxies> make(const TrustedProxyOptions& options);

  // The request's own socket when its peer is not trusted. Else the entries are read from the last to the first: the
  // client is the first one that is no trusted proxy, or, when all of them are, the leftmost. An entry that is
  // malformed, "unknown" or obfuscated ends the walk: the client is then the proxy that wrote it, since what stands
  // before it may be anybody's invention.
  //   X-Forwarded-For    addresses, an IPv4 with or without a port, an IPv6 bare or in brackets with a port
  //   X-Forwarded-Proto  http or https; of several, the one that stands where the client does in X-Forwarded-For, else
  //                      the leftmost
  //   X-Forwarded-Host   in the same way
  //   Forwarded          RFC 7239: for, proto and host of an element; proto and host of the leftmost trusted one that
  //                      has them. Quoted values with a backslash are malformed.
  // A proto or host that is malformed is passed over.
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
