// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/ip_address.hpp"
#include "ashlar/http/client/request_url.hpp"

#include <compare>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ashlar::http {

// The reserved purpose of an address, by IANA's special-purpose registries (RFC 6890): "loopback", "private",
// "link-local", "shared" (CGNAT), "metadata", "documentation", "multicast", "6to4", "Teredo", ...; empty for a public
// address. An IPv4 address inside an IPv6 one counts where packets are sent to it: mapped (::ffff:0:0/96) and NAT64
// (64:ff9b::/96). Of IPv6 only 2000::/3 is public: every other block is refused, whatever it is assigned to later.
[[nodiscard]] std::string_view special_purpose_of(const IpAddress& address);

// Where a Client may connect. The default allows public addresses only, on any port: it is for URLs that users choose.
// An immutable value; copies are cheap and can be used from any thread.
class EgressPolicy {
 public:
  EgressPolicy() = default;

  // Public addresses, and the entries of `allow`; each is one of
  //   "10.1.0.0/16", "10.1.2.3", "fd00::/8"    addresses, on any port ("loopback" and "private" as in IpNetworks)
  //   "10.1.2.3:8080", "[fd00::1]:8080"        an address on one port
  //   "hooks.internal", "hooks.internal:8080"  a host by its name, whatever its address; trusts its DNS
  // Error http_client.invalid_policy, naming the entry.
  [[nodiscard]] static Result<EgressPolicy> parse(std::span<const std::string> allow);
  // Every address. Only for URLs from the operator's own configuration.
  [[nodiscard]] static EgressPolicy operator_configured();

  // Whether a request to `origin` may connect to `address`.
  [[nodiscard]] bool allows(const Origin& origin, const IpAddress& address) const;
  // Whether an entry of `allow` names the origin: its host, or its address.
  [[nodiscard]] bool lists(const Origin& origin) const;

  // Equal policies share connections. Two policies that were parsed separately are not equal.
  friend bool operator==(const EgressPolicy&, const EgressPolicy&) = default;
  friend auto operator<=>(const EgressPolicy&, const EgressPolicy&) = default;

 private:
  struct Rules;

  enum class Kind : std::uint8_t { public_and_listed, everything } kind_ = Kind::public_and_listed;
  std::shared_ptr<const Rules> rules_;  // null: no entries
};

}  // namespace ashlar::http
