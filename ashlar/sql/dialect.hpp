// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::sql {

class DialectTraits;

// Which SQL a database speaks: a handle on the traits that its driver supplies (dialect_traits.hpp), compared by
// identity. Copied freely. The program that writes SQL by hand compares it; what is shared between the databases asks
// the traits.
class Dialect {
 public:
  static const Dialect sqlite;
  static const Dialect postgres;

  // A driver's own. The traits outlive every use: they are a constant of the program's.
  constexpr explicit Dialect(const DialectTraits& traits) : traits_(&traits) {}
  const DialectTraits* operator->() const { return traits_; }
  friend bool operator==(Dialect, Dialect) = default;

 private:
  const DialectTraits* traits_;
};

}  // namespace ashlar::sql
