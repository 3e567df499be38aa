// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/position.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/parse.hpp"

#include <cstddef>

namespace ashlar::realtime {
namespace {

constexpr std::size_t epoch_digits = 16;

}  // namespace

std::string Position::to_string() const {
  std::string out(epoch_digits, '0');
  std::uint64_t rest = epoch;
  for (std::size_t i = epoch_digits; i-- > 0; rest >>= 4U) out[i] = hex_digits[rest & 0xFU];
  return out.append(":").append(std::to_string(offset));
}

std::optional<Position> Position::parse(std::string_view text) {
  if (text.size() < epoch_digits + 2 || text[epoch_digits] != ':') return std::nullopt;
  Position out;
  for (const char digit : text.substr(0, epoch_digits)) {
    const int value = hex_value(digit);
    if (value < 0) return std::nullopt;
    out.epoch = out.epoch << 4U | static_cast<std::uint64_t>(value);
  }
  const auto offset = parse_integer<std::uint64_t>(text.substr(epoch_digits + 1));
  if (!offset) return std::nullopt;
  out.offset = *offset;
  if (out.to_string() != text) return std::nullopt;  // upper case, leading zeros
  return out;
}

}  // namespace ashlar::realtime
