// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ashlar::web {

// An IP address as 16 bytes: an IPv4 address is the IPv6 address it is mapped to (::ffff:a.b.c.d, RFC 4291 section
// 2.5.5.2), so both writings of one are equal.
class IpAddress {
 public:
  // Four decimal numbers without leading zeros, or RFC 4291 section 2.2. No zone, no port, no brackets.
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

// A network in CIDR writing: 10.0.0.0/8, fd00::/8; an address alone is a network of one.
class IpNetwork {
 public:
  // nullopt for bits after the prefix that are not zero, too: 10.1.2.3/8 is more likely a mistake than 10.0.0.0/8.
  static std::optional<IpNetwork> parse(std::string_view text);

  [[nodiscard]] bool contains(const IpAddress& address) const;

 private:
  IpAddress first_;
  std::uint8_t prefix_bits_ = 128;
};

}  // namespace ashlar::web
