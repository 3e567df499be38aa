// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/intrusive/list.hpp>

#include <cstddef>

namespace ashlar::http::detail {

class Connection;
class UnsentTotal;

// The response bytes that one connection holds because its client has not accepted them: its share of its loop's total.
// Up to `uncounted_max` bytes do not count; a streamed response rarely exceeds that. Used from the loop's thread.
class UnsentBytes {
 public:
  static constexpr std::size_t uncounted_max = 128 * 1024;

  // Both outlive it.
  UnsentBytes(UnsentTotal& total, Connection& holder) : total_(total), holder_(holder) {}
  ~UnsentBytes() { set(0); }
  UnsentBytes(const UnsentBytes&) = delete;
  UnsentBytes& operator=(const UnsentBytes&) = delete;

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // Ends the connections that have held bytes longest until this many fit. Never its own: a loop's only response may
  // have any size.
  void set(std::size_t bytes) {
    if (bytes <= uncounted_max) bytes = 0;
    if (bytes != bytes_) change(bytes);
  }

 private:
  friend class UnsentTotal;
  void change(std::size_t bytes);
  void make_room(std::size_t bytes);

  UnsentTotal& total_;
  Connection& holder_;
  std::size_t bytes_ = 0;
  boost::intrusive::list_member_hook<> hook_;
};

// The total over all connections of a loop.
class UnsentTotal {
 public:
  explicit UnsentTotal(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  friend class UnsentBytes;
  using Hook = boost::intrusive::member_hook<UnsentBytes, boost::intrusive::list_member_hook<>, &UnsentBytes::hook_>;

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  boost::intrusive::list<UnsentBytes, Hook> holders_;  // those with bytes, the longest holder first
};

}  // namespace ashlar::http::detail
