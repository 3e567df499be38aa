// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/hashing_queue.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <deque>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

namespace ashlar::auth::detail {

// The order of HashingQueue: two lanes that alternate, in each of them addresses that take turns, in each of those
// first come first served. Not safe for several threads.
template <class Entry>
class FairLanes {
 public:
  using Lane = HashingClient::Lane;

  void push(const HashingClient& client, Entry entry) {
    Side& side = sides_[index(client.lane)];
    auto [found, is_new] = side.by_address.try_emplace(client.address);
    if (is_new) found->second = side.ring.insert(side.ring.end(), Address{client.address, {}});
    found->second->entries.push_back(std::move(entry));
    ++side.size;
  }

  // The next entry. Not empty.
  Entry pop() {
    assert(!empty());
    const std::size_t other = 1 - last_;
    if (sides_[other].size > 0) last_ = other;
    Side& side = sides_[last_];
    const auto first = side.ring.begin();
    Entry out = std::move(first->entries.front());
    first->entries.pop_front();
    --side.size;
    if (first->entries.empty()) {
      side.by_address.erase(first->address);
      side.ring.erase(first);
    } else {
      side.ring.splice(side.ring.end(), side.ring, first);
    }
    return out;
  }

  // Whether the entry was there.
  bool erase(const HashingClient& client, const Entry& entry) {
    Side& side = sides_[index(client.lane)];
    const auto found = side.by_address.find(client.address);
    if (found == side.by_address.end() || std::erase(found->second->entries, entry) == 0) return false;
    --side.size;
    if (found->second->entries.empty()) {
      side.ring.erase(found->second);
      side.by_address.erase(found);
    }
    return true;
  }

  // How many of the waiting entries would precede one more entry of this client, if no others were added.
  [[nodiscard]] std::size_t before_next(const HashingClient& client) const {
    const Side& side = sides_[index(client.lane)];
    const auto found = side.by_address.find(client.address);
    const std::size_t own = found == side.by_address.end() ? 0 : found->second->entries.size();
    std::size_t out = own;
    for (const Address& address : side.ring) {
      if (address.address != client.address) out += std::min(address.entries.size(), own + 1);
    }
    return out + std::min(sides_[1 - index(client.lane)].size, out + 1);
  }

  [[nodiscard]] std::size_t size(Lane lane) const { return sides_[index(lane)].size; }
  [[nodiscard]] bool empty() const { return sides_[0].size + sides_[1].size == 0; }

 private:
  struct Address {
    std::string address;
    std::deque<Entry> entries;  // never empty
  };
  struct Side {
    std::list<Address> ring;  // the front is next
    std::unordered_map<std::string, typename std::list<Address>::iterator> by_address;
    std::size_t size = 0;
  };

  static std::size_t index(Lane lane) { return lane == Lane::known_device ? 1 : 0; }

  std::array<Side, 2> sides_;
  std::size_t last_ = 0;
};

}  // namespace ashlar::auth::detail
