// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::realtime {

// A place in the events of a channel. Offsets grow within an epoch and may have gaps; positions of two epochs have no
// order, because the events in between are unknown. For clients it is opaque text.
struct Position {
  std::uint64_t epoch = 0;
  std::uint64_t offset = 0;

  // "epoch:offset": 16 hexadecimal digits of lower case, a colon, decimal digits.
  [[nodiscard]] std::string to_string() const;
  // nullopt: `text` is not what to_string() returns.
  [[nodiscard]] static std::optional<Position> parse(std::string_view text);

  friend bool operator==(const Position&, const Position&) = default;
};

}  // namespace ashlar::realtime
