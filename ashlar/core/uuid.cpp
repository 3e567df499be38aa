// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/uuid.hpp"

#include "ashlar/core/ascii.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <span>

namespace ashlar {
namespace {

// The two digits of each byte.
constexpr auto hex_pairs = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte) pairs[byte] = {hex_digits[byte >> 4], hex_digits[byte & 15]};
  return pairs;
}();

}  // namespace

Uuid Uuid::make(const Clock& clock, Random& random) {
  std::array<std::uint8_t, 16> bytes;
  random.fill(std::as_writable_bytes(std::span(bytes)));
  const auto milliseconds = static_cast<std::uint64_t>(clock.now().milliseconds());
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x70);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  return Uuid{bytes};
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (at == 8 || at == 13 || at == 18 || at == 23) {
      if (text[at++] != '-') return std::nullopt;
    }
    const int high = hex_value(text[at]), low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    at += 2;
  }
  return Uuid{bytes};
}

char* Uuid::put_at(char* at) const {
  constexpr std::array<std::size_t, 16> places = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
  for (std::size_t i = 0; i < places.size(); ++i) std::memcpy(at + places[i], hex_pairs[bytes_[i]].data(), 2);
  at[8] = at[13] = at[18] = at[23] = '-';
  return at + 36;
}

void Uuid::append_to(std::string& out) const {
  std::array<char, 36> text;
  out.append(text.data(), put_at(text.data()));
}

std::string Uuid::to_string() const {
  std::string out;
  append_to(out);
  return out;
}

}  // namespace ashlar

std::size_t std::hash<ashlar::Uuid>::operator()(const ashlar::Uuid& id) const noexcept {
  const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(id.bytes());
  return static_cast<std::size_t>(halves[0] ^ (halves[1] * 0x9e3779b97f4a7c15ULL));
}
