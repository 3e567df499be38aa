// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar {

namespace errors {
inline constexpr ErrorCode invalid_network{ErrorKind::invalid, "proxy.invalid_network"};
}  // namespace errors

// An IP address as 16 bytes. An IPv4 address is stored as the IPv4-mapped IPv6 address (::ffff:a.b.c.d, RFC 4291
// section 2.5.5.2), so both notations are equal.
class IpAddress {
 public:
  IpAddress() = default;  // ::
  explicit IpAddress(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}
  static IpAddress of_ipv4(const std::array<std::uint8_t, 4>& bytes);
  // Accepts four decimal numbers without leading zeros, or RFC 4291 section 2.2. No zone, no port, no brackets.
  static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  [[nodiscard]] bool is_ipv4() const;
  // The first and the last eight bytes as numbers.
  [[nodiscard]] std::uint64_t high() const;
  [[nodiscard]] std::uint64_t low() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

// A network in CIDR notation: 10.0.0.0/8, fd00::/8. An address alone is a network of one address.
class IpNetwork {
 public:
  // Also nullopt when bits after the prefix are set: 10.1.2.3/8 is more likely a mistake than 10.0.0.0/8.
  static std::optional<IpNetwork> parse(std::string_view text);

  [[nodiscard]] bool contains(const IpAddress& address) const;

 private:
  IpAddress first_;
  std::uint8_t prefix_bits_ = 128;
};

// A set of networks, parsed from settings: "10.0.0.0/8", "192.0.2.7". "loopback" stands for 127.0.0.0/8 and ::1;
// "private" stands for those, RFC 1918, RFC 4193 and link-local. Immutable; look-ups do not allocate.
class IpNetworks {
 public:
  IpNetworks() = default;  // none
  // Error proxy.invalid_network, naming the entry that cannot be parsed.
  static Result<IpNetworks> parse(std::span<const std::string> texts);

  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] bool empty() const { return networks_.empty(); }

 private:
  std::vector<IpNetwork> networks_;
};

}  // namespace ashlar
