// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/egress_policy.hpp"

#include "ashlar/http/client/client_errors.hpp"
#include "ashlar/http/client/detail/host_name.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace ashlar::http {
namespace {

constexpr std::uint32_t ipv4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

struct Block4 {
  std::uint32_t first;
  unsigned prefix_bits;
  std::string_view purpose;
};
// IANA IPv4 Special-Purpose Address Registry, multicast (RFC 5771), and the addresses at which clouds serve credentials
// to virtual machines. A narrower block precedes a wider one.
constexpr std::array<Block4, 20> blocks4{{
    {ipv4(0, 0, 0, 0), 8, "unspecified"},          // RFC 791; Linux connects 0.0.0.0 to itself
    {ipv4(10, 0, 0, 0), 8, "private"},             // RFC 1918
    {ipv4(100, 100, 100, 200), 32, "metadata"},    // Alibaba Cloud
    {ipv4(100, 64, 0, 0), 10, "shared"},           // RFC 6598, CGNAT
    {ipv4(127, 0, 0, 0), 8, "loopback"},           // RFC 1122
    {ipv4(168, 63, 129, 16), 32, "metadata"},      // Azure
    {ipv4(169, 254, 169, 254), 32, "metadata"},    // AWS, Google Cloud, Azure and others
    {ipv4(169, 254, 0, 0), 16, "link-local"},      // RFC 3927
    {ipv4(172, 16, 0, 0), 12, "private"},          // RFC 1918
    {ipv4(192, 0, 0, 0), 24, "protocol"},          // RFC 6890; 192.0.0.192 is Oracle Cloud's metadata
    {ipv4(192, 0, 2, 0), 24, "documentation"},     // RFC 5737
    {ipv4(192, 31, 196, 0), 24, "protocol"},       // RFC 7535, AS112
    {ipv4(192, 52, 193, 0), 24, "protocol"},       // RFC 7450, AMT
    {ipv4(192, 88, 99, 0), 24, "6to4"},            // RFC 7526
    {ipv4(192, 168, 0, 0), 16, "private"},         // RFC 1918
    {ipv4(198, 18, 0, 0), 15, "benchmarking"},     // RFC 2544
    {ipv4(198, 51, 100, 0), 24, "documentation"},  // RFC 5737
    {ipv4(203, 0, 113, 0), 24, "documentation"},   // RFC 5737
    {ipv4(224, 0, 0, 0), 4, "multicast"},          // RFC 5771
    {ipv4(240, 0, 0, 0), 4, "reserved"},           // RFC 1112; 255.255.255.255 is the broadcast address
}};

struct Block6 {
  std::uint64_t first;  // of the address's first eight bytes
  unsigned prefix_bits;
  std::string_view purpose;
};
// IANA IPv6 Special-Purpose Address Registry. Blocks outside 2000::/3 are named for the log; they are always refused.
constexpr std::array<Block6, 10> blocks6{{
    {0x2001'0000'0000'0000, 32, "Teredo"},         // RFC 4380
    {0x2001'0000'0000'0000, 23, "protocol"},       // RFC 2928: ORCHID, benchmarking and others
    {0x2001'0db8'0000'0000, 32, "documentation"},  // RFC 3849
    {0x2002'0000'0000'0000, 16, "6to4"},           // RFC 3056
    {0x3fff'0000'0000'0000, 20, "documentation"},  // RFC 9637
    {0xfc00'0000'0000'0000, 7, "private"},         // RFC 4193
    {0xfe80'0000'0000'0000, 10, "link-local"},     // RFC 4291
    {0xfec0'0000'0000'0000, 10, "private"},        // RFC 3879, site-local
    {0xff00'0000'0000'0000, 8, "multicast"},       // RFC 4291
    {0x0064'ff9b'0001'0000, 48, "NAT64"},          // RFC 8215, local use
}};

constexpr std::uint64_t nat64_prefix = 0x0064'ff9b'0000'0000;  // RFC 6052, /96
constexpr unsigned global_unicast_shift = 61;                  // 2000::/3, RFC 4291
constexpr std::uint64_t global_unicast = 0x1;

std::string_view purpose_of_ipv4(std::uint32_t address) {
  for (const auto& [first, prefix_bits, purpose] : blocks4) {
    if ((address ^ first) >> (32 - prefix_bits) == 0) return purpose;
  }
  return {};
}

}  // namespace

std::string_view special_purpose_of(const IpAddress& address) {
  const auto last_four = static_cast<std::uint32_t>(address.low());
  if (address.is_ipv4()) return purpose_of_ipv4(last_four);
  if (address.high() == nat64_prefix && address.low() >> 32 == 0) return purpose_of_ipv4(last_four);
  for (const auto& [first, prefix_bits, purpose] : blocks6) {
    if ((address.high() ^ first) >> (64 - prefix_bits) == 0) return purpose;
  }
  if (address.high() >> global_unicast_shift == global_unicast) return {};
  if (address.high() == 0 && address.low() <= 1) return address.low() == 0 ? "unspecified" : "loopback";
  return "reserved";
}

struct EgressPolicy::Rules {
  struct Address {
    IpAddress address;
    std::uint16_t port;
  };
  struct Host {
    std::string name;
    std::optional<std::uint16_t> port;  // nullopt: any
  };
  std::vector<IpNetworks> networks;
  std::vector<Address> addresses;
  std::vector<Host> hosts;

  [[nodiscard]] bool add(const std::string& entry);
  [[nodiscard]] bool lists_address(const IpAddress& address, std::uint16_t port) const {
    return std::ranges::any_of(networks, [&](const IpNetworks& each) { return each.contains(address); }) ||
           std::ranges::any_of(addresses,
                               [&](const Address& each) { return each.address == address && each.port == port; });
  }
  [[nodiscard]] bool lists_host(const Origin& origin) const {
    return std::ranges::any_of(hosts, [&](const Host& each) {
      return each.name == origin.host && each.port.value_or(origin.port) == origin.port;
    });
  }
};

// false: it is not one of the three forms.
bool EgressPolicy::Rules::add(const std::string& entry) {
  if (auto network = IpNetworks::parse(std::span(&entry, 1))) {
    networks.push_back(std::move(*network));
    return true;
  }
  std::string_view host = entry;
  std::optional<std::uint16_t> port;
  if (const std::size_t colon = host.rfind(':'); colon != std::string_view::npos) {
    port = detail::parse_port(host.substr(colon + 1));
    if (!port) return false;
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    const auto address = IpAddress::parse(host.substr(1, host.size() - 2));
    if (!address || !port) return false;
    addresses.push_back({*address, *port});
    return true;
  }
  auto name = detail::parse_host_name(host);
  if (!name) return false;
  if (name->address) {
    if (!port) return false;
    addresses.push_back({*name->address, *port});
  } else {
    hosts.push_back({std::move(name->text), port});
  }
  return true;
}

Result<EgressPolicy> EgressPolicy::parse(std::span<const std::string> allow) {
  EgressPolicy out;
  if (allow.empty()) return out;
  const auto rules = std::make_shared<Rules>();
  for (const std::string& entry : allow) {
    if (!rules->add(entry)) {
      return fail(
          client_errors::invalid_policy,
          "\"" + entry +
              "\" is not a host, host:port, address, address:port or network such as 10.0.0.0/8 (with zeros after "
              "its prefix).");
    }
  }
  out.rules_ = rules;
  return out;
}

EgressPolicy EgressPolicy::operator_configured() {
  EgressPolicy out;
  out.kind_ = Kind::everything;
  return out;
}

bool EgressPolicy::allows(const Origin& origin, const IpAddress& address) const {
  if (kind_ == Kind::everything || special_purpose_of(address).empty()) return true;
  return rules_ != nullptr && (rules_->lists_address(address, origin.port) || rules_->lists_host(origin));
}

bool EgressPolicy::lists(const Origin& origin) const {
  if (rules_ == nullptr) return false;
  return origin.address ? rules_->lists_address(*origin.address, origin.port) : rules_->lists_host(origin);
}

}  // namespace ashlar::http
