// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/trusted_proxies.hpp"

#include "ashlar/web/detail/forwarded.hpp"

#include <utility>

namespace ashlar::web {

namespace {

using detail::EntriesFromLast;

// The entry that is `distance` before the last one; the first, when there are fewer.
std::string_view entry_at(const http::RequestHeaders& headers, std::string_view name, std::size_t distance) {
  EntriesFromLast entries(headers, name, EntriesFromLast::Quotes::none);
  std::string_view found;
  for (std::size_t i = 0; i <= distance; ++i) {
    const auto entry = entries.next();
    if (!entry) break;
    found = *entry;
  }
  return found;
}

void take_proto_and_host(std::string_view proto, std::string_view host, ClientOrigin& origin) {
  if (const auto scheme = detail::scheme_of(proto)) origin.scheme = *scheme;
  if (detail::is_host(host)) origin.authority = host;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::make(const TrustedProxyOptions& options) {
  TrustedProxies out;
  out.fields_ = options.fields;
  out.hops_max_ = options.hops_max;
  auto networks = IpNetworks::parse(options.networks);
  if (!networks) return std::unexpected(std::move(networks.error()));
  out.networks_ = std::move(*networks);
  return out;
}

ClientOrigin TrustedProxies::origin_of(const http::Request& request) const {
  ClientOrigin origin = {.address = request.peer_address, .authority = request.authority, .scheme = request.scheme};
  if (networks_.empty()) return origin;
  const auto peer = IpAddress::parse(request.peer_address);
  if (!peer || !networks_.contains(*peer)) return origin;
  if (fields_ == TrustedProxyOptions::Fields::forwarded) {
    read_forwarded(request, origin);
  } else {
    read_x_forwarded(request, origin);
  }
  return origin;
}

void TrustedProxies::read_x_forwarded(const http::Request& request, ClientOrigin& origin) const {
  EntriesFromLast entries(request.headers, "X-Forwarded-For", EntriesFromLast::Quotes::none);
  std::size_t distance = 0;
  for (std::size_t hop = 0; hop < hops_max_; ++hop) {
    const auto entry = entries.next();
    if (!entry) break;
    distance = hop;
    const auto address = detail::address_of_node(*entry, detail::Ipv6Writing::bare);
    if (!address) break;
    origin.address = *address;
    if (!networks_.contains(*IpAddress::parse(*address))) break;
  }
  take_proto_and_host(entry_at(request.headers, "X-Forwarded-Proto", distance),
                      entry_at(request.headers, "X-Forwarded-Host", distance), origin);
}

void TrustedProxies::read_forwarded(const http::Request& request, ClientOrigin& origin) const {
  EntriesFromLast entries(request.headers, "Forwarded", EntriesFromLast::Quotes::quoted_strings);
  for (std::size_t hop = 0; hop < hops_max_; ++hop) {
    const auto entry = entries.next();
    if (!entry) return;
    if (entry->empty()) continue;  // RFC 9110 section 5.6.1.2
    const auto element = detail::ForwardedElement::parse(*entry);
    if (!element) return;
    take_proto_and_host(element->proto, element->host, origin);
    const auto address = detail::address_of_node(element->node, detail::Ipv6Writing::in_brackets);
    if (!address) return;
    origin.address = *address;
    if (!networks_.contains(*IpAddress::parse(*address))) return;
  }
}

}  // namespace ashlar::web
