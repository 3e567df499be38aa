// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/constraints.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/display_text.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/unicode.hpp"
#include "ashlar/schema/fault_codes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace ashlar {
namespace schema {
namespace detail {
namespace {

Violation violation(std::string_view code, std::string message) { return {code, std::move(message)}; }

std::string counted(std::size_t count, std::string_view noun) {
  std::string out = std::to_string(count);
  out.append(" ").append(noun);
  if (count != 1) out += 's';
  return out;
}

// Whether every byte is ASCII and none is NUL: the common case, eight bytes at a time.
bool is_plain_ascii(std::string_view text) {
  constexpr std::uint64_t high = 0x8080808080808080U, ones = 0x0101010101010101U;
  const auto hits = [&](std::size_t at) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    return word | (word - ones);
  };
  if (text.size() < 8) return std::ranges::all_of(text, [](char c) { return static_cast<signed char>(c) > 0; });
  std::uint64_t found = hits(text.size() - 8);  // the last eight, some of which may be checked twice
  for (std::size_t at = 0; at + 8 < text.size(); at += 8) found |= hits(at);
  return (found & high) == 0;
}

// Parses a decimal with `decimals_min` to two decimals, in hundredths. Amounts outside 64 bits become the nearest that
// fits.
std::optional<std::int64_t> hundredths(std::string_view text, std::size_t decimals_min) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view decimals = point < text.size() ? text.substr(point + 1) : std::string_view{};
  if (whole.empty() || (whole.size() > 1 && whole[0] == '0')) return std::nullopt;
  if (decimals.size() < decimals_min || decimals.size() > 2 || (point < text.size() && decimals.empty())) {
    return std::nullopt;
  }
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  std::int64_t value = 0;
  const auto push = [&](char digit) { value = value > (most - 9) / 10 ? most : value * 10 + (digit - '0'); };
  for (const char c : whole) {
    if (!is_digit(c)) return std::nullopt;
    push(c);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const char c = i < decimals.size() ? decimals[i] : '0';
    if (!is_digit(c)) return std::nullopt;
    push(c);
  }
  return negative ? -value : value;
}

std::expected<std::int64_t, Violation> in_range(std::optional<std::int64_t> minor_units, std::int64_t min,
                                                std::int64_t max) {
  if (!minor_units)
    return std::unexpected(violation(codes::money, "must be an amount with two decimals, such as \"12.50\""));
  if (auto broken = check_money(*minor_units, min, max)) return std::unexpected(std::move(*broken));
  return *minor_units;
}

constexpr std::size_t password_bytes_max = 4096;

}  // namespace

bool is_text(std::string_view bytes) { return is_plain_ascii(bytes) || (is_utf8(bytes) && !bytes.contains('\0')); }

Check check_text(std::string_view text, std::size_t min, std::size_t max) {
  std::size_t length = text.size();
  if (!is_plain_ascii(text)) {
    if (!is_utf8(text)) return violation(codes::text, "must be well-formed UTF-8");
    if (text.contains('\0')) return violation(codes::text, "must not contain a NUL character");
    length = utf8_length(text);
  }
  if (length < min) {
    if (length == 0) return violation(codes::too_short, "must not be empty");
    return violation(codes::too_short, "must be at least " + counted(min, "character"));
  }
  if (length > max) return violation(codes::too_long, "must be at most " + counted(max, "character"));
  return {};
}

Check check_line(std::string_view text, std::size_t min, std::size_t max) {
  if (auto broken = check_text(text, min, max)) return broken;
  if (is_display_text(text)) return {};
  return violation(codes::control_character,
                   "must not contain line breaks, control characters or bidirectional controls");
}

Check check_password(std::string_view text) {
  if (auto broken = check_text(text, 0, text.size())) return broken;
  // No password of 128 characters is longer, whatever its decomposition: it bounds the work of to_nfc().
  if (text.size() > password_bytes_max) return violation(codes::too_long, "must be at most 128 characters");
  const auto normalized = to_nfc(text);
  if (!normalized) return violation(codes::text, "must not have more than 30 combining marks in a row");
  const auto characters = static_cast<std::int64_t>(utf8_length(*normalized));
  if (characters < password_characters_min) return violation(codes::too_short, "must be at least 8 characters");
  if (characters > password_characters_max) return violation(codes::too_long, "must be at most 128 characters");
  return {};
}

Check check_integer(std::int64_t value, std::int64_t min, std::int64_t max) {
  if (value < min) return violation(codes::too_small, "must be at least " + std::to_string(min));
  if (value > max) return violation(codes::too_large, "must be at most " + std::to_string(max));
  return {};
}

Check check_money(std::int64_t minor_units, std::int64_t min, std::int64_t max) {
  const auto says = [](std::string text, std::int64_t bound) {
    append_money(bound, text);
    return text;
  };
  if (minor_units < min) return violation(codes::too_small, says("must be at least ", min));
  if (minor_units > max) return violation(codes::too_large, says("must be at most ", max));
  return {};
}

std::expected<std::int64_t, Violation> parse_money(std::string_view decimal, std::int64_t min, std::int64_t max) {
  const auto amount = hundredths(decimal, 2);
  // "-0.00" is text that the pattern of an amount without a sign excludes, though it is not less than 0.00.
  if (amount == 0 && min >= 0 && decimal.starts_with('-'))
    return std::unexpected(violation(codes::money, "must have no sign"));
  return in_range(amount, min, max);
}

// Exact: uses the shortest decimal that denotes this double, which is the one that the client wrote.
std::expected<std::int64_t, Violation> parse_money(double number, std::int64_t min, std::int64_t max) {
  if (std::isnan(number)) return in_range(std::nullopt, min, max);
  if (std::abs(number) > 1e17) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    return in_range(number < 0 ? -most : most, min, max);
  }
  // Nearly always: the double nearest to a whole number of hundredths, whose shortest decimal is that number.
  if (std::abs(number) < 1e12) {
    const auto nearest = static_cast<std::int64_t>(std::round(number * 100));
    if (static_cast<double>(nearest) / 100 == number) return in_range(nearest, min, max);
  }
  std::array<char, 400> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed).ptr;
  return in_range(hundredths({text.data(), end}, 0), min, max);
}

char* put_money(std::int64_t minor_units, char* at) {
  auto magnitude = static_cast<std::uint64_t>(minor_units);
  if (minor_units < 0) {
    *at++ = '-';
    magnitude = 0 - magnitude;
  }
  constexpr std::size_t digits_max = 18;  // of a 64-bit number's hundredth
  at = std::to_chars(at, at + digits_max, magnitude / 100).ptr;
  *at++ = '.';
  *at++ = static_cast<char>('0' + magnitude % 100 / 10);
  *at++ = static_cast<char>('0' + magnitude % 10);
  return at;
}

void append_money(std::int64_t minor_units, std::string& out) {
  std::array<char, put_text_bytes_max> text;
  out.append(text.data(), put_money(minor_units, text.data()));
}

Violation unknown_enumerator(std::span<const std::string_view> names) {
  std::string message = "must be one of ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) message += ", ";
    message += names[i];
  }
  return violation(codes::one_of, std::move(message));
}

}  // namespace detail

Type Describe<Email>::type() {
  Type out{.kind = Kind::string, .format = Format::email, .bounds = {3, 254}};
  detail::use_text<Email>(out);
  return out;
}

Type Describe<Url>::type() {
  Type out{.kind = Kind::string, .format = Format::uri, .bounds = {8, 2048}};
  detail::use_text<Url>(out);
  return out;
}

Type Describe<PasswordText>::type() {
  Type out{.kind = Kind::string,
           .format = Format::password,
           .description = "8 to 128 characters, counted in Unicode's Normalization Form C",
           .bounds = {detail::password_characters_min, detail::password_characters_max}};
  out.access.set_text = [](void* value, std::string_view text) {
    return detail::assign(*static_cast<PasswordText*>(value), PasswordText::parse(text));
  };
  return out;
}

Type Describe<Uuid>::type() {
  Type out{.kind = Kind::string, .format = Format::uuid};
  out.access.set_text = [](void* value, std::string_view text) -> Check {
    const auto parsed = Uuid::parse(text);
    if (!parsed) return detail::violation(codes::uuid, "must be a UUID");
    *static_cast<Uuid*>(value) = *parsed;
    return {};
  };
  out.access.append_text = [](const void* value, std::string& text) {
    static_cast<const Uuid*>(value)->append_to(text);
  };
  out.access.put_text = [](const void* value, char* at) { return static_cast<const Uuid*>(value)->put_at(at); };
  return out;
}

Type Describe<Timestamp>::type() {
  Type out{.kind = Kind::string, .format = Format::date_time};
  out.access.set_text = [](void* value, std::string_view text) -> Check {
    const auto parsed = Timestamp::parse(text);
    if (!parsed) return detail::violation(codes::date_time, "must be a date and time, such as 2026-11-21T08:30:00Z");
    *static_cast<Timestamp*>(value) = *parsed;
    return {};
  };
  out.access.set_integer = [](void* value, std::int64_t milliseconds) -> Check {
    if (auto broken = detail::check_integer(milliseconds, Timestamp::milliseconds_min, Timestamp::milliseconds_max)) {
      return broken;
    }
    *static_cast<Timestamp*>(value) = Timestamp::from_milliseconds(milliseconds);
    return {};
  };
  out.access.get_integer = [](const void* value) { return static_cast<const Timestamp*>(value)->milliseconds(); };
  out.access.append_text = [](const void* value, std::string& text) {
    static_cast<const Timestamp*>(value)->append_to(text);
  };
  out.access.put_text = [](const void* value, char* at) { return static_cast<const Timestamp*>(value)->put_at(at); };
  return out;
}

}  // namespace schema

// An address is ASCII, which fold_case() never refuses.
std::string Email::key() const { return fold_case(view()).value(); }

}  // namespace ashlar
