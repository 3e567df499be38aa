// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/ip_address.hpp"

#include "ashlar/core/parse.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace ashlar {

namespace {

constexpr std::uint8_t ipv4_prefix_bits = 96;

std::uint64_t big_endian(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

struct NamedNetworks {
  std::string_view name;
  std::span<const std::string_view> networks;
};
constexpr std::array<std::string_view, 2> loopback = {"127.0.0.0/8", "::1"};
constexpr std::array<std::string_view, 8> private_networks = {
    "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"};
constexpr std::array<NamedNetworks, 2> named = {{{"loopback", loopback}, {"private", private_networks}}};

// Whether the first `bits` bits of two addresses are equal.
bool agree(const IpAddress& a, const IpAddress& b, unsigned bits) {
  const unsigned whole = bits / 8;
  if (!std::equal(a.bytes().begin(), a.bytes().begin() + whole, b.bytes().begin())) return false;
  if (bits % 8 == 0) return true;
  const unsigned mask = 0xffU << (8 - bits % 8) & 0xffU;
  return ((a.bytes()[whole] ^ b.bytes()[whole]) & mask) == 0;
}

bool zero_after(const IpAddress& address, unsigned bits) {
  for (unsigned i = bits; i < 128; ++i) {
    if ((address.bytes()[i / 8] >> (7 - i % 8) & 1) != 0) return false;
  }
  return true;
}

}  // namespace

IpAddress IpAddress::of_ipv4(const std::array<std::uint8_t, 4>& bytes) {
  IpAddress out;
  out.bytes_[10] = out.bytes_[11] = 0xff;
  std::ranges::copy(bytes, out.bytes_.begin() + 12);
  return out;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.empty() || text.size() >= terminated.size() || text.contains('\0')) return std::nullopt;
  std::ranges::copy(text, terminated.begin());
  IpAddress out;
  if (text.contains(':')) {
    if (inet_pton(AF_INET6, terminated.data(), out.bytes_.data()) != 1) return std::nullopt;
    return out;
  }
  if (inet_pton(AF_INET, terminated.data(), out.bytes_.data() + 12) != 1) return std::nullopt;
  out.bytes_[10] = out.bytes_[11] = 0xff;
  return out;
}

std::uint64_t IpAddress::high() const { return big_endian(bytes_.data()); }
std::uint64_t IpAddress::low() const { return big_endian(bytes_.data() + 8); }
bool IpAddress::is_ipv4() const { return high() == 0 && low() >> 32 == 0xffff; }

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  IpNetwork out;
  out.first_ = *address;
  if (slash == text.npos) return out;
  const bool ipv4 = !text.substr(0, slash).contains(':');
  const std::string_view digits = text.substr(slash + 1);
  const auto written_bits = parse_integer<unsigned>(digits);
  if (!written_bits || *written_bits > (ipv4 ? 32U : 128U)) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  const unsigned bits = *written_bits + (ipv4 ? ipv4_prefix_bits : 0U);
  if (!zero_after(*address, bits)) return std::nullopt;
  out.prefix_bits_ = static_cast<std::uint8_t>(bits);
  return out;
}

bool IpNetwork::contains(const IpAddress& address) const { return agree(first_, address, prefix_bits_); }

Result<IpNetworks> IpNetworks::parse(std::span<const std::string> texts) {
  IpNetworks out;
  for (const std::string& text : texts) {
    if (const auto* group = std::ranges::find(named, std::string_view(text), &NamedNetworks::name);
        group != named.end()) {
      for (const std::string_view network : group->networks) out.networks_.push_back(*IpNetwork::parse(network));
      continue;
    }
    const auto network = IpNetwork::parse(text);
    if (!network) {
      return fail(errors::invalid_network,
                  "\"" + text +
                      "\" is neither an address, nor a network such as 10.0.0.0/8 (with zeros after "
                      "its prefix), nor \"loopback\" or \"private\".");
    }
    out.networks_.push_back(*network);
  }
  return out;
}

bool IpNetworks::contains(const IpAddress& address) const {
  return std::ranges::any_of(networks_, [&](const IpNetwork& network) { return network.contains(address); });
}

}  // namespace ashlar
