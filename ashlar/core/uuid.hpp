// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar {

// A UUID (RFC 9562): 16 bytes, on the wire 36 characters in lower case. Generated ids are version 7: they sort by
// creation time, which keeps B-trees dense. The default value is nil.
class Uuid {
 public:
  constexpr Uuid() = default;
  constexpr explicit Uuid(std::array<std::uint8_t, 16> bytes) : bytes_(bytes) {}

  // RFC 9562 section 5.7: 48 bits of milliseconds, then random bits. Ids of the same millisecond are not ordered.
  static Uuid make(const Clock& clock, Random& random);
  // Parses 8-4-4-4-12 hexadecimal digits of either case; nullopt for anything else.
  static std::optional<Uuid> parse(std::string_view text);

  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  [[nodiscard]] bool is_nil() const { return *this == Uuid{}; }
  [[nodiscard]] std::string to_string() const;
  void append_to(std::string& out) const;  // exactly 36 characters
  char* put_at(char* at) const;            // writes to `at`, which has room for 36 characters; returns the end

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace ashlar

template <>
struct std::hash<ashlar::Uuid> {
  std::size_t operator()(const ashlar::Uuid& id) const noexcept;
};
