// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/row.hpp"
#include "ashlar/sql/postgres/detail/types.hpp"

#include <cstdlib>
#include <limits>

namespace ashlar::sql::postgres::detail {
namespace {

// Digits to the base of 10,000, the first of them times 10,000 to the power of `weight`.
struct Numeric {
  std::int16_t digits, weight;
  std::uint16_t sign;
  const char* first;

  explicit Numeric(std::string_view bytes)
      : digits(read_big_endian<std::int16_t>(bytes.data())),
        weight(read_big_endian<std::int16_t>(bytes.data() + 2)),
        sign(read_big_endian<std::uint16_t>(bytes.data() + 4)),
        first(bytes.data() + 8) {}
  [[nodiscard]] std::int16_t digit(int at) const {
    return at < digits ? read_big_endian<std::int16_t>(first + std::ptrdiff_t{2} * at) : std::int16_t{0};
  }
};

constexpr std::uint16_t negative = 0x4000;
constexpr std::uint16_t not_a_number = 0xc000;
constexpr std::uint16_t positive_infinity = 0xd000;
constexpr std::uint16_t negative_infinity = 0xf000;
constexpr int weight_of_64_bits = 4;  // 10,000 to the fifth exceeds 2 to the 64th

}  // namespace

std::optional<std::int64_t> integer_of_numeric(std::string_view bytes) {
  const Numeric value(bytes);
  if (value.sign != 0 && value.sign != negative) return std::nullopt;
  if (value.digits == 0) return 0;
  if (value.weight < 0 || value.weight > weight_of_64_bits || value.digits > value.weight + 1) return std::nullopt;
  // Counted downwards, since the lowest integer has no positive counterpart.
  std::int64_t out = 0;
  for (int i = 0; i <= value.weight; ++i) {
    if (__builtin_mul_overflow(out, 10'000, &out) || __builtin_sub_overflow(out, value.digit(i), &out)) {
      return std::nullopt;
    }
  }
  if (value.sign == negative) return out;
  if (out == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
  return -out;
}

double number_of_numeric(std::string_view bytes) {
  const Numeric value(bytes);
  if (value.sign == not_a_number) return std::numeric_limits<double>::quiet_NaN();
  if (value.sign == positive_infinity) return std::numeric_limits<double>::infinity();
  if (value.sign == negative_infinity) return -std::numeric_limits<double>::infinity();
  // As decimal text, so that strtod rounds once.
  std::string text = value.sign == negative ? "-0" : "0";
  for (int i = 0; i < value.digits; ++i) {
    const int digit = value.digit(i);
    for (const int place : {1000, 100, 10, 1}) text += static_cast<char>('0' + digit / place % 10);
  }
  text += "e" + std::to_string((value.weight + 1 - value.digits) * 4);
  return std::strtod(text.c_str(), nullptr);
}

}  // namespace ashlar::sql::postgres::detail
