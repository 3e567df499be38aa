// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace ashlar::http::detail {

// Counts something (such as connections) per address, an IPv6 client counted by its /64, since one host can have all of
// it. Holds only addresses with a count above zero, so it is no larger than the number of connections. Safe from any
// thread.
class AddressCounts {
 public:
  // false: the count is `most` already, and was not increased.
  [[nodiscard]] bool enter(const IpAddress& address, std::size_t most);
  void leave(const IpAddress& address);
  [[nodiscard]] std::size_t addresses() const;

 private:
  struct Key {
    std::uint64_t high = 0, low = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  static Key key_of(const IpAddress& address) { return {address.high(), address.is_ipv4() ? address.low() : 0}; }

  mutable std::mutex mutex_;
  std::unordered_map<Key, std::size_t, Hash> counts_;
};

}  // namespace ashlar::http::detail
