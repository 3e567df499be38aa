// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/detail/json_numbers.hpp"

#include "ashlar/core/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace ashlar::schema::detail {
namespace {

bool in_number(char c) { return is_digit(c) || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E'; }

template <class Number>
bool converts(std::string_view token, Number& number) {
  return std::from_chars(token.data(), token.data() + token.size(), number).ec == std::errc{};
}

// Consumes the digits at the start of `rest`.
std::string_view take_digits(std::string_view& rest) {
  const auto end = std::ranges::find_if_not(rest, is_digit);
  const std::string_view digits(rest.begin(), end);
  rest.remove_prefix(digits.size());
  return digits;
}

enum class Size : unsigned char { fits, past_64_bits, past_double };

// The magnitude of the token, if it is a number by RFC 8259 section 6. One too small for a double fits: it is zero.
Size size_of(std::string_view token) {
  std::string_view rest = token;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  const std::string_view whole = take_digits(rest);
  if (whole.empty() || (whole.size() > 1 && whole[0] == '0')) return Size::fits;
  if (rest.empty()) {
    std::int64_t negative_value = 0;
    std::uint64_t value = 0;
    if (negative ? converts(token, negative_value) : converts(token, value)) return Size::fits;
    double number = 0;
    return converts(token, number) ? Size::past_64_bits : Size::past_double;
  }
  std::string_view fraction;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
    if (fraction.empty()) return Size::fits;
  }
  std::int64_t exponent = 0;
  if (rest.starts_with('e') || rest.starts_with('E')) {
    rest.remove_prefix(1);
    const bool shrinks = rest.starts_with('-');
    if (shrinks || rest.starts_with('+')) rest.remove_prefix(1);
    const std::string_view digits = take_digits(rest);
    if (digits.empty()) return Size::fits;
    for (const char c : digits) exponent = std::min<std::int64_t>(exponent * 10 + (c - '0'), 1'000'000'000'000);
    if (shrinks) exponent = -exponent;
  }
  if (!rest.empty()) return Size::fits;

  double value = 0;
  if (converts(token, value)) return Size::fits;
  // Out of range: too large or too small? The position of the first non-zero digit decides.
  const std::size_t leading = whole.find_first_not_of('0');
  const std::size_t zeros = std::min(fraction.find_first_not_of('0'), fraction.size());
  const std::int64_t place =
      leading != std::string_view::npos ? static_cast<std::int64_t>(whole.size()) : -static_cast<std::int64_t>(zeros);
  return place + exponent > 0 ? Size::past_double : Size::fits;
}

}  // namespace

std::optional<ReplacedNumbers> replace_large_numbers(std::string_view json) {
  std::optional<ReplacedNumbers> out;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < json.size();) {
    if (json[i] == '"') {
      for (++i; i < json.size() && json[i] != '"'; ++i) {
        if (json[i] == '\\') ++i;
      }
      ++i;
    } else if (json[i] == '-' || is_digit(json[i])) {
      const std::size_t start = i;
      while (i < json.size() && in_number(json[i])) ++i;
      const Size size = size_of(json.substr(start, i - start));
      if (size == Size::fits) continue;
      if (!out) out.emplace();
      if (size == Size::past_64_bits) {
        out->json.append(json.substr(copied, i - copied)).append("e0");
      } else {
        out->json.append(json.substr(copied, start - copied))
            .append(json[start] == '-' ? "-" : "")
            .append(largest_number);
        out->any_past_double = true;
      }
      copied = i;
    } else {
      ++i;
    }
  }
  if (out) out->json.append(json.substr(copied));
  return out;
}

}  // namespace ashlar::schema::detail
