// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/composites.hpp"  // IWYU pragma: export
#include "ashlar/schema/describe.hpp"
#include "ashlar/schema/secret.hpp"  // IWYU pragma: export

#include <cassert>
#include <compare>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

// Constraint types: values that are checked once, at the edge, and are valid from then on.
//
// Each has `T::parse(text or number) -> std::expected<T, Violation>` for external input, and `T::of(...)`, which
// asserts, for our own literals. A default-constructed or moved-from value is not valid; reading fails as a whole
// unless every member was set, so an operation never sees one. All are values: they copy, compare and hold no
// references. Lengths count Unicode code points.
namespace ashlar {

// A string of Min to Max code points, well-formed UTF-8, without NUL.
template <std::size_t Min, std::size_t Max>
class Text;
// A Text of one line, for names and titles that appear in tables, logs and lists. It refuses line breaks and every
// display control (is_display_control() in core/display_text.hpp): escape sequences begin with one, and a bidirectional
// control makes one name look like another. Use Text for prose, which has line breaks, and for right-to-left prose,
// which may need bidirectional controls.
template <std::size_t Min, std::size_t Max>
class Line;
// An integer of Lo to Hi.
template <std::int64_t Lo, std::int64_t Hi>
class Int;
// An amount of Lo to Hi in minor units (hundredths). On the wire a decimal string with two digits ("12.50"); a JSON
// number with at most two decimals is accepted as well. The currency is a separate member.
template <std::int64_t Lo, std::int64_t Hi>
class MoneyBetween;
using Money = MoneyBetween<-999'999'999'999'999, 999'999'999'999'999>;

namespace schema::detail {
using schema::Check;
using schema::Violation;
Check check_text(std::string_view text, std::size_t min, std::size_t max);
Check check_line(std::string_view text, std::size_t min, std::size_t max);
inline constexpr std::int64_t password_characters_min = 8;
inline constexpr std::int64_t password_characters_max = 128;
Check check_password(std::string_view text);
bool is_text(std::string_view bytes);  // well-formed UTF-8 without NUL
Check check_integer(std::int64_t value, std::int64_t min, std::int64_t max);
Check check_email(std::string_view text);
Check check_uri(std::string_view text);
std::expected<std::int64_t, Violation> parse_money(std::string_view decimal, std::int64_t min, std::int64_t max);
std::expected<std::int64_t, Violation> parse_money(double number, std::int64_t min, std::int64_t max);
Check check_money(std::int64_t minor_units, std::int64_t min, std::int64_t max);
void append_money(std::int64_t minor_units, std::string& out);
char* put_money(std::int64_t minor_units, char* at);  // at most 21 bytes; returns the end
}  // namespace schema::detail

// The common part of the string constraints: a checked std::string.
template <class Self>
class CheckedString {
 public:
  static std::expected<Self, schema::Violation> parse(std::string_view text) {
    if (auto violation = Self::check(text)) return std::unexpected(std::move(*violation));
    Self out;
    out.assign(text);
    return out;
  }
  static Self of(std::string_view text) {
    auto out = parse(text);
    assert(out && "the literal breaks its own constraint");
    return std::move(*out);
  }

  [[nodiscard]] const std::string& str() const { return value_; }
  [[nodiscard]] std::string_view view() const { return value_; }
  operator std::string_view() const { return value_; }  // NOLINT(google-explicit-constructor): reads as a string

  friend bool operator==(const CheckedString& a, const CheckedString& b) { return a.value_ == b.value_; }
  friend auto operator<=>(const CheckedString& a, const CheckedString& b) { return a.value_ <=> b.value_; }

 private:
  friend Self;
  CheckedString() = default;
  void assign(std::string_view text) { value_ = text; }
  std::string value_;
};

template <std::size_t Min, std::size_t Max>
class Text : public CheckedString<Text<Min, Max>> {
 public:
  Text() = default;
  static_assert(Min <= Max);
  static constexpr std::size_t length_min = Min;
  static constexpr std::size_t length_max = Max;
  static schema::Check check(std::string_view text) { return schema::detail::check_text(text, Min, Max); }
};

template <std::size_t Min, std::size_t Max>
class Line : public CheckedString<Line<Min, Max>> {
 public:
  Line() = default;
  static_assert(Min <= Max);
  static constexpr std::size_t length_min = Min;
  static constexpr std::size_t length_max = Max;
  static schema::Check check(std::string_view text) { return schema::detail::check_line(text, Min, Max); }
};

// An address with one @, a local part of 1 to 64 bytes in dot-atom form (RFC 5322 section 3.2.3) and a domain of at
// least two DNS labels; 254 bytes in total (RFC 5321 section 4.5.3.1.3). Keeps the spelling of the input.
class Email : public CheckedString<Email> {
 public:
  Email() = default;
  static schema::Check check(std::string_view text) { return schema::detail::check_email(text); }
  // The key for comparing addresses: case-insensitive and the same on every machine (fold_case() in core/unicode.hpp).
  // Store it in its own column with a unique index. A database's lower() depends on its locale: in a Turkish one, an
  // address with a capital I never equals its lower-case spelling. RFC 5321 section 2.4 allows case-sensitive local
  // parts; no provider uses them, and two accounts that differ only in case would be confused.
  [[nodiscard]] std::string key() const;
};

// An absolute http or https URL (RFC 3986) with a host and without user information; 2,048 bytes at most.
class Url : public CheckedString<Url> {
 public:
  Url() = default;
  static schema::Check check(std::string_view text) { return schema::detail::check_uri(text); }
};

// A password to be set: 8 to 128 code points in NFC (RFC 8265 section 4.2), well-formed UTF-8, without NUL. Holds the
// text as it was sent; the hashing code normalises it (auth/password.hpp).
class PasswordText : public CheckedString<PasswordText> {
 public:
  PasswordText() = default;
  static schema::Check check(std::string_view text) { return schema::detail::check_password(text); }
};
using Password = Secret<PasswordText>;

template <std::int64_t Lo, std::int64_t Hi>
class Int {
 public:
  static_assert(Lo <= Hi);
  static constexpr std::int64_t min = Lo;
  static constexpr std::int64_t max = Hi;

  Int() = default;
  static std::expected<Int, schema::Violation> parse(std::int64_t value) {
    if (auto violation = schema::detail::check_integer(value, Lo, Hi)) return std::unexpected(std::move(*violation));
    return Int{value};
  }
  static constexpr Int of(std::int64_t value) {
    assert(value >= Lo && value <= Hi);
    return Int{value};
  }
  [[nodiscard]] constexpr std::int64_t value() const { return value_; }
  constexpr operator std::int64_t() const { return value_; }  // NOLINT(google-explicit-constructor): reads as a number

 private:
  constexpr explicit Int(std::int64_t value) : value_(value) {}
  std::int64_t value_ = Lo > 0 ? Lo : (Hi < 0 ? Hi : 0);
};

template <std::int64_t Lo, std::int64_t Hi>
class MoneyBetween {
 public:
  MoneyBetween() = default;
  static std::expected<MoneyBetween, schema::Violation> parse(std::string_view decimal) {
    auto minor_units = schema::detail::parse_money(decimal, Lo, Hi);
    if (!minor_units) return std::unexpected(std::move(minor_units.error()));
    return MoneyBetween{*minor_units};
  }
  static constexpr MoneyBetween of_minor_units(std::int64_t minor_units) {
    assert(minor_units >= Lo && minor_units <= Hi);
    return MoneyBetween{minor_units};
  }
  [[nodiscard]] constexpr std::int64_t minor_units() const { return minor_units_; }
  friend constexpr auto operator<=>(MoneyBetween, MoneyBetween) = default;

 private:
  constexpr explicit MoneyBetween(std::int64_t minor_units) : minor_units_(minor_units) {}
  std::int64_t minor_units_ = 0;
};

}  // namespace ashlar

#include "ashlar/schema/detail/describe_constraints.hpp"  // IWYU pragma: export
