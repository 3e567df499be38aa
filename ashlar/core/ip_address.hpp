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

// An IP address as 16 bytes: an IPv4 address is the IPv6 address it is mapped to (::ffff:a.b.c.d, RFC 4291 section
// 2.5.5.2), so both writings of one are equal.
class IpAddress {
 public:
  IpAddress() = default;  // ::
  explicit IpAddress(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}
  static IpAddress of_ipv4(const std::array<std::uint8_t, 4>& bytes);
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

// Several of them, as they stand in settings: "10.0.0.0/8", "192.0.2.7"; "loopback" (127.0.0.0/8, ::1) and "private"
// (that, RFC 1918, RFC 4193 and link-local) stand for several. Immutable; allocates nothing when it is asked.
class IpNetworks {
 public:
  IpNetworks() = default;  // none
  // Error proxy.invalid_network, naming what it cannot read.
  static Result<IpNetworks> parse(std::span<const std::string> texts);

  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] bool empty() const { return networks_.empty(); }

 private:
  std::vector<IpNetwork> networks_;
};

}  // namespace ashlar
