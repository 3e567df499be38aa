// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::sql {

class DialectTraits;

// The SQL dialect of a database: a handle to the traits that its driver supplies (dialect_traits.hpp), compared by
// identity and freely copied. Programs compare it to choose between hand-written SQL texts; code shared between the
// databases asks the traits.
class Dialect {
 public:
  static const Dialect sqlite;
  static const Dialect postgres;

  // A driver's own dialect. The traits outlive every use: they are a constant of the program.
  constexpr explicit Dialect(const DialectTraits& traits) : traits_(&traits) {}
  const DialectTraits* operator->() const { return traits_; }
  friend bool operator==(Dialect, Dialect) = default;

 private:
  const DialectTraits* traits_;
};

}  // namespace ashlar::sql
