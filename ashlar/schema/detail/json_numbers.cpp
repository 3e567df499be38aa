// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/detail/json_numbers.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace ashlar::schema::detail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool in_number(char c) { return is_digit(c) || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E'; }

// Takes the digits that `rest` starts with.
std::string_view take_digits(std::string_view& rest) {
  const auto end = std::ranges::find_if_not(rest, is_digit);
  const std::string_view digits(rest.begin(), end);
  rest.remove_prefix(digits.size());
  return digits;
}

// Whether the token is a number as RFC 8259 section 6 has it, and too large for a double (as a fraction or with an
// exponent) or for 64 bits (as an integer). A fraction too small for a double is not: it reads as zero.
bool is_too_large(std::string_view token) {
  std::string_view rest = token;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  const std::string_view whole = take_digits(rest);
  if (whole.empty() || (whole.size() > 1 && whole[0] == '0')) return false;
  if (rest.empty()) {
    std::int64_t negative_value = 0;
    std::uint64_t value = 0;
    const auto read = negative ? std::from_chars(token.data(), token.data() + token.size(), negative_value)
                               : std::from_chars(token.data(), token.data() + token.size(), value);
    return read.ec == std::errc::result_out_of_range;
  }
  std::string_view fraction;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
    if (fraction.empty()) return false;
  }
  std::int64_t exponent = 0;
  if (rest.starts_with('e') || rest.starts_with('E')) {
    rest.remove_prefix(1);
    const bool shrinks = rest.starts_with('-');
    if (shrinks || rest.starts_with('+')) rest.remove_prefix(1);
    const std::string_view digits = take_digits(rest);
    if (digits.empty()) return false;
    for (const char c : digits) exponent = std::min<std::int64_t>(exponent * 10 + (c - '0'), 1'000'000'000'000);
    if (shrinks) exponent = -exponent;
  }
  if (!rest.empty()) return false;

  double value = 0;
  if (std::from_chars(token.data(), token.data() + token.size(), value).ec == std::errc{}) return false;
  // Out of range: of the two ends, which one? The place of the first digit that is not zero tells.
  const std::size_t leading = whole.find_first_not_of('0');
  if (leading != std::string_view::npos) return static_cast<std::int64_t>(whole.size()) + exponent > 0;
  const std::size_t zeros = std::min(fraction.find_first_not_of('0'), fraction.size());
  return exponent > static_cast<std::int64_t>(zeros);
}

}  // namespace

std::optional<std::string> replace_large_numbers(std::string_view json) {
  std::optional<std::string> out;
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
      if (!is_too_large(json.substr(start, i - start))) continue;
      if (!out) out.emplace();
      out->append(json.substr(copied, start - copied));
      if (json[start] == '-') *out += '-';
      out->append(largest_number);
      copied = i;
    } else {
      ++i;
    }
  }
  if (out) out->append(json.substr(copied));
  return out;
}

}  // namespace ashlar::schema::detail
